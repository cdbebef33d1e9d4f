"""The program under test: its calls, and its demo server."""
import json
import signal
import subprocess

# How long anything may take, in seconds; ten times what it does on a slow machine.
LIMIT = 150


class Program:
    def __init__(self, path):
        self.path = path

    def call(self, *arguments, text=None, environment=None, limit=LIMIT, retry="off"):
        """Runs `call`, without retries unless told otherwise.
        Returns its status, standard output and standard error; words instead of the status when it took too long."""
        try:
            run = subprocess.run(
                [self.path, "call", *arguments, "--retry", retry], input=text or "", capture_output=True, text=True,
                timeout=limit, env=environment or {})
        except subprocess.TimeoutExpired:
            return f"did not end within {limit} s", "", ""
        return run.returncode, run.stdout, run.stderr

    def doctor(self, server):
        run = subprocess.run(
            [self.path, "doctor", "--server", server], capture_output=True, text=True, timeout=LIMIT, env={})
        return run.returncode, run.stdout

    def demo(self, *faults):
        return Demo(self.path, faults)


class Demo:
    """The demo server, in a process of its own, with faults to order. Gives its address for gRPC."""

    def __init__(self, path, faults):
        orders = [argument for fault in faults for argument in ("--fault", fault)]
        self.process = subprocess.Popen([path, "serve", *orders], stdout=subprocess.PIPE, text=True, env={})
        self.addresses = [self.process.stdout.readline().strip() for _ in range(2)]

    def __enter__(self):
        return self.addresses[1].removeprefix("grpc://")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()


def requests(count):
    """So many requests for standard input."""
    return "".join(f'{{"name":"User {n}"}}\n' for n in range(count))


def messages(output):
    return [json.loads(line)["message"] for line in output.splitlines()]


def events(output, kind):
    return [event for event in map(json.loads, output.splitlines()) if event["event"] == kind]
