"""The Greeter service in the words of grpcio: its messages, a server, and stubs. Nothing of it was generated for Python: the
messages come from the descriptors that are checked in for the demo server's reflection."""
import concurrent.futures
import pathlib
import threading

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[3]
CERTIFICATES = ROOT / "Tests/Support/Certificates"
SERVICE = "helloworld.Greeter"


def _messages():
    pool = descriptor_pool.DescriptorPool()
    for path in ("ProtobufSchema/well-known", "Greeter/greeter"):
        files = descriptor_pb2.FileDescriptorSet()
        files.ParseFromString((ROOT / "Sources" / f"{path}.protoset").read_bytes())
        for file in files.file:
            pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(f"helloworld.{name}"))
            for name in ("HelloRequest", "HelloReply")]


Request, Reply = _messages()

GREETINGS = {"en": "Hello, {}!", "es": "¡Hola, {}!", "zh": "你好，{}！"}


def _reply(request):
    language = request.language or "en"
    return Reply(message=GREETINGS.get(language, GREETINGS["en"]).format(request.name), language=language)


def _field(number, value):
    """A field of protocol buffers with a length below 128."""
    return bytes((number << 3 | 2, len(value))) + value


def _details():
    """A google.rpc.Status with a BadRequest, and with a message that nobody knows."""
    violation = _field(1, b"name") + _field(2, b"must not be details")
    request = _field(1, b"type.googleapis.com/google.rpc.BadRequest") + _field(2, _field(1, violation))
    other = _field(1, b"type.googleapis.com/greeter.Other") + _field(2, b"\x00\xff")
    return bytes((1 << 3, 3)) + _field(3, request) + _field(3, other)


class Greeter:
    """A server of the four kinds. It calls the client stream as some servers do: SayHelloStream."""

    def __init__(self):
        self.cancelled = threading.Event()

    def _begin(self, context):
        seen = dict(context.invocation_metadata())
        context.send_initial_metadata((("x-tenant-seen", seen.get("x-tenant", "none")),))
        remaining = context.time_remaining()
        context.set_trailing_metadata((
            ("x-deadline-seen", "none" if remaining is None else f"{remaining:.0f}"),
            ("x-authorization-seen", "yes" if "authorization" in seen else "no"),
            ("x-user-agent", seen.get("user-agent", "")),
            ("x-bytes-bin", b"\x00\x01\xff"),
            ("x-trace-seen-bin", seen.get("trace-bin", b"none")),
        ))

    def unary(self, request, context):
        self._begin(context)
        if not request.name.strip():
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Name cannot be empty")
        if request.name == "fail":
            raise RuntimeError("as ordered")
        if request.name == "stall":
            context.add_callback(self.cancelled.set)
            self.cancelled.wait(30)
        if request.name == "details":
            context.set_trailing_metadata((("grpc-status-details-bin", _details()),))
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "look at the details")
        if request.name == "metadata":
            context.set_trailing_metadata(tuple((f"x-{number}", "v" * 1000) for number in range(40)))
        if request.name == "long":
            return Reply(message="a" * 20_000, language="en")
        if request.name == "pushback":
            context.set_trailing_metadata((("grpc-retry-pushback-ms", "40"),))
            context.abort(grpc.StatusCode.UNAVAILABLE, "Come back later: café")
        return _reply(request)

    def server_stream(self, request, context):
        self._begin(context)
        for number in range(3):
            yield Reply(message=f"{_reply(request).message} ({number + 1} of 3)", language=request.language)
        if request.name == "fail":
            context.abort(grpc.StatusCode.DATA_LOSS, "lost after three")

    def client_stream(self, requests, context):
        self._begin(context)
        names = [request.name for request in requests]
        return Reply(message=f"Hello, {', '.join(names)}! ({len(names)} requests)", language="en")

    def bidi(self, requests, context):
        self._begin(context)
        for request in requests:
            if request.name == "fail":
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not this one")
            yield _reply(request)

    def handlers(self):
        codec = {"request_deserializer": Request.FromString, "response_serializer": Reply.SerializeToString}
        return grpc.method_handlers_generic_handler(SERVICE, {
            "SayHello": grpc.unary_unary_rpc_method_handler(self.unary, **codec),
            "SayHelloStreamReply": grpc.unary_stream_rpc_method_handler(self.server_stream, **codec),
            "SayHelloStream": grpc.stream_unary_rpc_method_handler(self.client_stream, **codec),
            "SayHelloBidiStream": grpc.stream_stream_rpc_method_handler(self.bidi, **codec),
        })


def pem(name):
    return (CERTIFICATES / f"{name}.pem").read_bytes()


def serve(greeter):
    """Starts a server on two ports of loopback: in plain text, and over TLS for clients with a certificate."""
    server = grpc.server(
        concurrent.futures.ThreadPoolExecutor(max_workers=8), options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((greeter.handlers(),))
    plain = server.add_insecure_port("127.0.0.1:0")
    secure = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(
        [(pem("good.key"), pem("good"))], root_certificates=pem("authority"), require_client_auth=True))
    server.start()
    return server, plain, secure


class Stub:
    """The four methods of a server, called through grpcio."""

    def __init__(self, channel):
        codec = {"request_serializer": Request.SerializeToString, "response_deserializer": Reply.FromString}
        self.unary = channel.unary_unary(f"/{SERVICE}/SayHello", **codec)
        self.server_stream = channel.unary_stream(f"/{SERVICE}/SayHelloStreamReply", **codec)
        self.client_stream = channel.stream_unary(f"/{SERVICE}/SayHelloClientStream", **codec)
        self.bidi = channel.stream_stream(f"/{SERVICE}/SayHelloBidiStream", **codec)
        self.unknown = channel.unary_unary(f"/{SERVICE}/Nope", **codec)
