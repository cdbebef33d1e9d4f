"""A server that answers the requests of a stream in another order than they came, some twice and some never, and drops the first
stream in the middle; and what `greeter-tui call` makes of it where the plan says which field names the request."""
import concurrent.futures
import pathlib
import tempfile

import grpc

import greeter

PLAN = """
correlate: {request: name, reply: message}
requests:
  - repeat: 100
    send: {name: "job {i}"}
"""


class Disorder:
    """Answers ten requests at a time, the last one first: on the first stream no fifth request, every seventh twice."""

    def __init__(self, drop_after):
        self._drop_after = drop_after
        # The names of the requests of each stream, and of those that were answered.
        self.asked, self.answered = [], []

    def stream(self, requests, context):
        asked, answered = [], []
        self.asked.append(asked)
        self.answered.append(answered)
        is_first = len(self.asked) == 1
        for request in requests:
            asked.append(request.name)
            if len(asked) % 10 and len(asked) != 100:
                continue
            for name in reversed(asked[-10:]):
                number = int(name.split()[1])
                if is_first and number % 5 == 0:
                    continue
                for _ in range(2 if number % 7 == 0 else 1):
                    if is_first and len(answered) == self._drop_after:
                        context.abort(grpc.StatusCode.UNAVAILABLE, "dropped in the middle")
                    answered.append(name)
                    yield greeter.Reply(message=name)
        if not is_first:
            for name in reversed(asked[len(asked) - len(asked) % 10:]):
                answered.append(name)
                yield greeter.Reply(message=name)

    def serve(self):
        server = grpc.server(
            concurrent.futures.ThreadPoolExecutor(max_workers=8), options=(("grpc.so_reuseport", 0),))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(greeter.SERVICE, {
            "SayHelloBidiStream": grpc.stream_stream_rpc_method_handler(
                self.stream, request_deserializer=greeter.Request.FromString,
                response_serializer=greeter.Reply.SerializeToString)}),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return server, port


def check_all(call, events, check):
    instance = Disorder(drop_after=30)
    server, port = instance.serve()
    with tempfile.TemporaryDirectory() as folder:
        plan = pathlib.Path(folder) / "plan.yaml"
        plan.write_text(PLAN)
        status, output, errors = call(
            "bidi", "--plan", str(plan), "--server", f"grpc://127.0.0.1:{port}", "--events",
            "--backoff", "10ms", retry="resume")
    server.stop(None)
    received = events(output, "received")
    names = [f"job {number}" for number in range(1, 101)]
    heard = {event["message"] for event in received if event["attempt"] == 1}
    check("out of order: each reply has the request that it names", (status, [
        event["number"] for event in received if event["message"] != names[event["answers"] - 1]]), (0, []))
    check("out of order: that is said once, and nothing is a guess",
          ([event["pairing"] for event in events(output, "paired")], "guess" in output, "note:" in errors),
          (["key"], False, False))
    check("out of order: after the drop exactly the requests without a reply come again",
          (len(instance.asked), instance.asked[-1]), (2, [name for name in names if name not in heard]))
    check("out of order: some were answered, some twice, and all in the end",
          (0 < len(heard) < 100, len(received) > 100, {event["message"] for event in received} == set(names)),
          (True, True, True))
