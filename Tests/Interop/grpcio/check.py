"""Checks that this program and grpcio understand each other, both ways. Usage: check.py PROGRAM"""
import pathlib
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import proto_reflection_descriptor_database as reflection
from google.protobuf import descriptor_pool

import demo_services
import disorder
import greeter

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from program import LIMIT, Program, events, messages, requests  # noqa: E402
from report import Report, conclude  # noqa: E402

PROGRAM = Program(sys.argv[1])
REPORT = Report()
call, check = PROGRAM.call, REPORT.check


# What `greeter-tui call` makes of a grpcio server.

def entries(metadata):
    return {entry["name"]: entry["value"] for entry in metadata}


def check_calls(server):
    at = ("--server", server)
    status, output, _ = call("unary", "Ana", *at)
    check("unary", (status, messages(output)), (0, ["Hello, Ana!"]))
    status, output, _ = call("unary", "Ana", "Bob", "--language", "zh", *at)
    check("unary, twice, in Chinese", (status, messages(output)), (0, ["你好，Ana！", "你好，Bob！"]))
    status, output, _ = call("server-stream", "Ana", *at)
    check("server stream", (status, messages(output)), (0, [f"Hello, Ana! ({n} of 3)" for n in (1, 2, 3)]))
    status, output, errors = call("client-stream", "Ana", *at)
    check("a client stream by its other name", (status, messages(output), "it was called again, as" in errors),
          (0, ["Hello, Ana! (1 requests)"], True))
    named = (*at, "--method", "SayHelloStream")
    status, output, _ = call("client-stream", "Ana", "Bob", *named)
    check("client stream", (status, messages(output)), (0, ["Hello, Ana, Bob! (2 requests)"]))
    status, output, _ = call("client-stream", "-", *named)
    check("client stream without requests", (status, messages(output)), (0, ["Hello, ! (0 requests)"]))
    status, output, _ = call("bidi", "Ana", "Bob", *at)
    check("bidirectional", (status, messages(output)), (0, ["Hello, Ana!", "Hello, Bob!"]))
    many = requests(20_000)
    status, output, _ = call("bidi", "-", *at, text=many)
    check("bidirectional, 20,000 messages in order", (status, messages(output)),
          (0, [f"Hello, User {n}!" for n in range(20_000)]))
    status, output, _ = call("client-stream", "-", *named, "--gzip", text=many)
    check("compressed requests", (status, messages(output)[0][-18:]), (0, "! (20000 requests)"))


def check_failures(server):
    at = ("--server", server)
    status, _, errors = call("unary", " ", *at)
    check("an error and its message", (status, "INVALID_ARGUMENT: Name cannot be empty" in errors), (64 + 3, True))
    status, _, errors = call("unary", "fail", *at)
    check("a service that fails", (status, "UNKNOWN" in errors), (64 + 2, True))
    status, output, errors = call("server-stream", "fail", *at)
    check("an error after replies", (status, len(messages(output)), "lost after three" in errors), (64 + 15, 3, True))
    status, output, errors = call("bidi", "Ana", "fail", *at)
    check("an error in the middle", (status, messages(output), "not this one" in errors),
          (64 + 9, ["Hello, Ana!"], True))
    status, _, errors = call("client-stream", "Ana", *at, "--method", "SayHelloClientStream")
    check("an unknown client stream, and its other name",
          (status, "try --method client-stream=SayHelloStream" in errors), (64 + 12, True))
    status, _, errors = call("unary", "pushback", *at)
    check("a message beyond ASCII", (status, "Come back later: café" in errors), (64 + 14, True))


def check_limits(server):
    at = ("--server", server)
    status, output, errors = call("unary", "details", *at)
    check("the details of a status", (status, "BadRequest: name: must not be details" in errors,
                                      "greeter.Other: hex: 00ff" in errors), (64 + 3, True, True))
    status, _, errors = call("unary", "metadata", *at, "--retry-on", "RESOURCE_EXHAUSTED")
    check("too much metadata, and one attempt", (status, "and 16384 are accepted" in errors, "attempts in" in errors),
          (64 + 8, True, False))
    status, output, _ = call("unary", "metadata", "Ana", *at, "--max-metadata-size", "64KiB")
    check("a larger limit of metadata", (status, messages(output)), (0, ["Hello, metadata!", "Hello, Ana!"]))
    status, _, errors = call("unary", "long", *at, "--max-message-size", "8KiB")
    check("too long a message", (status, "bytes, and 8192 are accepted" in errors), (64 + 8, True))
    status, output, _ = call("unary", "long", *at)
    check("a long message", (status, len(messages(output)[0])), (0, 20_000))


def check_metadata(server, instance):
    at = ("--server", server)
    status, output, _ = call(
        "unary", "Ana", *at, "--header", "X-Tenant: blue", "--header", "trace-bin: hello!",
        "--deadline", "20s", "--events",
        environment={"GREETER_TUI_TOKEN": "s3cret-of-mine"})
    opened = entries(events(output, "opened")[0]["metadata"])
    trailers = entries(events(output, "ended")[0]["trailers"])
    check("metadata goes, initial metadata comes", (status, opened.get("x-tenant-seen")), (0, "blue"))
    check("the deadline goes", trailers.get("x-deadline-seen"), "20")
    check("the token goes", trailers.get("x-authorization-seen"), "yes")
    check("binary trailers come", trailers.get("x-bytes-bin"), "hex:0001ff")
    check("binary metadata go as text, and come back as such", trailers.get("x-trace-seen-bin"), "hello!")
    check("the token is not printed", "s3cret" in output, False)
    status, _, errors = call("unary", "stall", *at, "--deadline", "300ms")
    check("a deadline passes", status, 64 + 4)
    check("the server notices", instance.cancelled.wait(10), True)


def check_tls(server):
    paths = {name: str(greeter.CERTIFICATES / f"{name}.pem") for name in ("authority", "client", "client.key")}
    at = ("--server", server, "--ca", paths["authority"])
    status, output, _ = call("bidi", "Ana", *at, "--cert", paths["client"], "--key", paths["client.key"])
    check("TLS with a client certificate", (status, messages(output)), (0, ["Hello, Ana!"]))
    status, _, errors = call("unary", "Ana", *at)
    check("TLS without one", (status, "asks for a client certificate, and none was given" in errors), (64 + 9, True))
    status, _, errors = call("unary", "Ana", *at[:2])
    check("TLS of an unknown authority", (status, "its authority is unknown here" in errors), (64 + 9, True))
    status, _, errors = call("unary", "Ana", "--server", server.replace("grpcs", "grpc"))
    # This server says nothing to what is no TLS; it is asked.
    check("plain text to a TLS port", (status, "speaks TLS, and is spoken to in plain text" in errors), (64 + 14, True))


# What a grpcio client makes of `greeter-tui serve`.

def request(name, language=""):
    return greeter.Request(name=name, language=language)


def code_of(invoke):
    try:
        return ("OK", invoke())
    except grpc.RpcError as error:
        return (error.code().name, error.details())


def check_demo(channel):
    stub = greeter.Stub(channel)
    reply, outcome = stub.unary.with_call(request("Ana", "es"), timeout=LIMIT)
    check("demo: unary", (reply.message, reply.language), ("¡Hola, Ana!", "es"))
    check("demo: initial metadata and trailers",
          (dict(outcome.initial_metadata()).get("server"), dict(outcome.trailing_metadata()).get("x-greeted")),
          ("greeter-tui", "1"))
    check("demo: server stream", [reply.message for reply in stub.server_stream(request("Ana"), timeout=LIMIT)],
          ["Hello, Ana!", "Hello, Ana! (2 of 3)", "Hello, Ana! (3 of 3)"])
    check("demo: client stream",
          stub.client_stream(iter([request("Ana"), request("Bob")]), timeout=LIMIT).message,
          "Hello, Ana and Bob! (2 requests)")
    check("demo: bidirectional",
          [reply.message for reply in stub.bidi(map(request, ("Ana", "Bob")), timeout=LIMIT)],
          ["Hello, Ana!", "Hello, Bob!"])
    names = [f"User {n}" for n in range(10_000)]
    check("demo: bidirectional, 10,000 messages in order",
          [reply.message for reply in stub.bidi(map(request, names), timeout=LIMIT)],
          [f"Hello, {name}!" for name in names])
    check("demo: compressed requests",
          stub.unary(request("Ana" * 1000), compression=grpc.Compression.Gzip, timeout=LIMIT).message,
          f"Hello, {'Ana' * 1000}!")
    check("demo: an error", code_of(lambda: stub.unary(request(" "), timeout=LIMIT)),
          ("INVALID_ARGUMENT", "Name cannot be empty"))
    check("demo: an unknown method", code_of(lambda: stub.unknown(request("Ana"), timeout=LIMIT))[0], "UNIMPLEMENTED")


def check_services(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", greeter.SERVICE):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=LIMIT)
        check(f"demo: health of '{service}'", answer.status, health_pb2.HealthCheckResponse.SERVING)
    check("demo: health of no service",
          code_of(lambda: health.Check(health_pb2.HealthCheckRequest(service="x"), timeout=LIMIT))[0], "NOT_FOUND")
    watched = next(iter(health.Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)))
    check("demo: health, watched", watched.status, health_pb2.HealthCheckResponse.SERVING)
    database = reflection.ProtoReflectionDescriptorDatabase(channel)
    services = sorted(database.get_services())
    check("demo: reflection lists services", greeter.SERVICE in services and "grpc.health.v1.Health" in services, True)
    service = descriptor_pool.DescriptorPool(database).FindServiceByName(greeter.SERVICE)
    check("demo: reflection describes methods", [method.name for method in service.methods],
          ["SayHello", "SayHelloStreamReply", "SayHelloClientStream", "SayHelloBidiStream"])
    check("demo: reflection describes messages", [field.name for field in service.methods[0].input_type.fields],
          ["name", "language"])


def check_faults():
    def invoke(channel, timeout=LIMIT):
        return lambda: greeter.Stub(channel).unary(request("Ana"), timeout=timeout)

    # A call that the server says not to have taken is made again by grpcio itself.
    expected = {
        "status=503": "UNAVAILABLE", "rst=2": "INTERNAL", "goaway=0": "OK", "error=1": "UNKNOWN",
        "window=1": "OK", "late-headers": "OK", "bad-trailers": "UNKNOWN", "big-metadata=100000": "RESOURCE_EXHAUSTED",
    }
    for fault, code in expected.items():
        with PROGRAM.demo(fault) as address, grpc.insecure_channel(address) as channel:
            check(f"demo: {fault}", code_of(invoke(channel))[0], code)
    with PROGRAM.demo("stall") as address, grpc.insecure_channel(address) as channel:
        check("demo: stall, and a deadline", code_of(invoke(channel, 0.3))[0], "DEADLINE_EXCEEDED")


def main():
    instance = greeter.Greeter()
    server, plain, secure = greeter.serve(instance)
    check_calls(f"grpc://127.0.0.1:{plain}")
    check_failures(f"grpc://127.0.0.1:{plain}")
    check_limits(f"grpc://127.0.0.1:{plain}")
    check_metadata(f"grpc://127.0.0.1:{plain}", instance)
    check_tls(f"grpcs://localhost:{secure}")
    status, output = PROGRAM.doctor(f"grpc://127.0.0.1:{plain}")
    check("doctor finds the client stream by its other name", status, 0)
    server.stop(None)
    disorder.check_all(call, events, check)
    with PROGRAM.demo() as address, grpc.insecure_channel(address) as channel:
        check_demo(channel)
        check_services(channel)
        demo_services.check_all(channel, check)
    check_faults()
    conclude(REPORT)


main()
