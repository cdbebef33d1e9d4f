"""The streams of streams-benchmark by grpcio."""
import pathlib
import sys

import grpc
import report

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests/Interop/grpcio"))
from greeter import Request, Stub  # noqa: E402  The stubs of the interoperability tests.


def make_run(url):
    stub = Stub(grpc.insecure_channel(url.removeprefix("grpc://")))

    def run(kind, requests):
        source = (Request(name=f"User {number}", language="en") for number in range(1, requests + 1))
        if kind == "client-stream":
            return 1, stub.client_stream(source).message
        replies, last = 0, ""
        for reply in stub.bidi(source):
            replies, last = replies + 1, reply.message
        return replies, last

    return run


report.measure(make_run)
