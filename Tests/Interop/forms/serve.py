"""A server on grpcio that gives back what it is sent, whatever type it has, and describes itself by reflection. It says its port, and
then of each message that comes the method and the bytes as base64, a line each. Usage: serve.py"""
import base64
import signal
from concurrent import futures

import grpc
from grpc_reflection.v1alpha import reflection

from schema import SERVICE, Schema


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        service, name = details.method.lstrip("/").split("/")
        if service != SERVICE:
            return None

        def answer(request, _):
            print(name, base64.b64encode(request).decode(), flush=True)
            return request
        # Bytes as they are: nothing is lost that a library does not know.
        return grpc.unary_unary_rpc_method_handler(answer)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers([Echo()])
    reflection.enable_server_reflection([SERVICE, reflection.SERVICE_NAME], server, pool=Schema().pool)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    signal.sigwait([signal.SIGTERM])
    server.stop(None).wait()


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
main()
