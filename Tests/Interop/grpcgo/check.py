"""Checks that this program and grpc-go understand each other, both ways. Usage: check.py PROGRAM GREETER-GO

grpc-go asks with a PING for each round trip of data, and what asks too often is ended by careless peers after some 200 of them: so
the calls here are long ones."""
import json
import pathlib
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from program import LIMIT, Program, messages, requests  # noqa: E402
from proxy import tinyproxy  # noqa: E402
from report import Report, conclude  # noqa: E402

PAIRS = 100_000
REPORT = Report()
check = REPORT.check


def greetings(count):
    return [f"Hello, User {n}!" for n in range(count)]


class Server:
    """A grpc-go server in a process of its own, which ends with its standard input."""

    def __init__(self, greeter):
        self.process = subprocess.Popen(
            [greeter, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={})

    def __enter__(self):
        return f"grpc://{self.process.stdout.readline().strip()}"

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(LIMIT)


def check_program(program, server):
    at = ("--server", server, "--deadline", f"{LIMIT}s")
    status, output, _ = program.call("unary", "Ana", *at)
    check("unary", (status, messages(output)), (0, ["Hello, Ana!"]))
    status, output, _ = program.call("unary", "-", *at, text=requests(1000))
    check("unary, 1,000 calls on one connection", (status, messages(output)), (0, greetings(1000)))
    status, output, _ = program.call("server-stream", str(PAIRS), *at)
    check(f"server stream, {PAIRS:,} replies", (status, messages(output)), (0, [f"Hello, {PAIRS}!"] * PAIRS))
    status, output, _ = program.call("client-stream", "-", *at, text=requests(PAIRS))
    check(f"client stream, {PAIRS:,} requests", (status, messages(output)), (0, [f"Hello, all {PAIRS}!"]))
    status, output, _ = program.call("bidi", "-", *at, text=requests(PAIRS))
    check(f"bidirectional, {PAIRS:,} pairs in order", (status, messages(output)), (0, greetings(PAIRS)))
    check("bidirectional, 500 a second for 4 s", paced(program, at, 2000, 0.002), (0, greetings(2000)))
    status, _, errors = program.call("bidi", "Ana", "fail", *at)
    check("an error in the middle", (status, "INVALID_ARGUMENT: not this one" in errors), (64 + 3, True))


def check_proxy(program, server):
    with tinyproxy() as proxy:
        at = ("--server", server, "--proxy", proxy)
        kinds = {
            "unary": ("Ana", ["Hello, Ana!"]), "server-stream": ("2", ["Hello, 2!"] * 2),
            "client-stream": ("Ana", ["Hello, all 1!"]), "bidi": ("Ana", ["Hello, Ana!"]),
        }
        for kind, (name, replies) in kinds.items():
            status, output, errors = program.call(kind, name, *at)
            check(f"through a proxy: {kind}", (status, messages(output), errors[:0] if status == 0 else errors), (0, replies, ""))


def paced(program, at, count, pause):
    """A conversation at a walking pace: a request, and a pause."""
    run = subprocess.Popen(
        [program.path, "call", "bidi", "-", *at, "--retry", "off"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env={})
    watchdog = threading.Timer(LIMIT, run.kill)
    watchdog.start()
    reader = threading.Thread(target=lambda: replies.extend(run.stdout))
    replies = []
    reader.start()
    try:
        for number in range(count):
            run.stdin.write(json.dumps({"name": f"User {number}"}) + "\n")
            run.stdin.flush()
            time.sleep(pause)
        run.stdin.close()
    except BrokenPipeError:
        pass  # The status says what happened.
    status = run.wait()
    reader.join()
    watchdog.cancel()
    return status, messages("".join(replies))


def check_demo(program, greeter):
    with program.demo() as address:
        run = subprocess.run(
            [greeter, "call", address], capture_output=True, text=True, timeout=5 * LIMIT, env={})
    found = [line.split("\t") for line in run.stdout.splitlines()]
    expected = {
        "unary": 1000, "server stream": 3, "client stream": 1, "bidirectional": PAIRS, "paced": 1000,
    }
    check("demo: every kind was called", [name for name, *_ in found], list(expected))
    for name, count, outcome in found:
        check(f"demo: {name}", (int(count), outcome), (expected.get(name), "OK"))


def main():
    program, greeter = Program(sys.argv[1]), sys.argv[2]
    with Server(greeter) as server:
        check_program(program, server)
        check_proxy(program, server)
    check_demo(program, greeter)
    conclude(REPORT)


main()
