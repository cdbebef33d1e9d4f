"""A gRPC server whose reflection is one of problems.py, or that of the package grpcio-reflection. Usage: serve.py NAME

Prints its port. NAME is a problem, or one of official, v1, v1alpha, none, metadata, which are sound."""
import asyncio
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, timestamp_pb2
from grpc_reflection.v1alpha import reflection

import problems

# What a sound server has: two services, and files that import each other.
SOUND = {
    "base.proto": problems.file("base.proto", "demo.v1", messages=[problems.NOTE], service=False),
    "one.proto": problems.file("one.proto", "demo.v1", deps=["base.proto"], messages=[problems.msg("In", ("note", 1, ".demo.v1.Note"))], service=False),
    "two.proto": problems.file("two.proto", "demo.v2", deps=["one.proto", "google/protobuf/timestamp.proto"], service=False),
}
for name, service in (("one.proto", "Library"), ("two.proto", "Telemetry")):
    SOUND[name].service.add(name=service).method.add(name="Say", input_type=".demo.v1.In", output_type=".demo.v1.In")
SERVICES = {"demo.v1.Library": "one.proto", "demo.v2.Telemetry": "two.proto"}


class Handlers(grpc.GenericRpcHandler):
    def __init__(self, table):
        self.table = table

    def service(self, details):
        return self.table.get(details.method)


class Requires(grpc.aio.ServerInterceptor):
    """Has reflection refused to who lacks `key: open`."""

    async def intercept_service(self, next, details):
        if dict(details.invocation_metadata).get("key") == "open":
            return await next(details)

        async def refuse(_, context):
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "a key is needed")
        return grpc.stream_stream_rpc_method_handler(refuse)


async def main(name):
    server = grpc.aio.server(
        options=[("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)],
        interceptors=[Requires()] if name == "metadata" else [])
    versions = {"v1": ["v1"], "v1alpha": ["v1alpha"], "none": [], "official": []}.get(name, ["v1", "v1alpha"])
    if name in ("official", "v1", "v1alpha", "none", "metadata"):
        problem = problems.Problem(SOUND, SERVICES, services=list(SERVICES))
    else:
        problem = problems.make(name, None)
    table = {f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo": grpc.stream_stream_rpc_method_handler(problem.serve)
             for version in versions}
    server.add_generic_rpc_handlers((Handlers(table),))
    if name == "official":
        pool = descriptor_pool.DescriptorPool()
        stamp = descriptor_pb2.FileDescriptorProto()
        timestamp_pb2.DESCRIPTOR.CopyToProto(stamp)
        for file in (stamp, *SOUND.values()):
            pool.Add(file)
        reflection.enable_server_reflection([*SERVICES, reflection.SERVICE_NAME], server, pool=pool)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
