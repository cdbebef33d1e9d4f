"""Processes that serve while something is checked."""
import contextlib
import os
import pathlib
import queue
import signal
import socket
import subprocess
import tempfile
import threading
import time

# How long a server may take to say that it is there, and to go, in seconds.
PATIENCE = 30


class Child:
    """A process that serves until it is left. What it writes to standard error is kept for when it fails."""

    def __init__(self, *command, environment=None):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin", **(environment or {})})

    def line(self):
        """The next line of its standard output."""
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=PATIENCE).strip()
        except queue.Empty:
            line = ""
        return line or self.fail("said nothing")

    def wait_for(self, port):
        """Waits until it listens."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
        self.fail("does not listen")

    def fail(self, what):
        self.__exit__()
        raise RuntimeError(f"{self.process.args[0]} {what}: {self.said}")

    @property
    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def configured(text, **values):
    """A file of configuration in a folder of its own. `{folder}` is that, `{plain}` and `{secure}` are ports to listen on.
    Gives the file and the ports."""
    with tempfile.TemporaryDirectory() as folder:
        plain, secure = free_port(), free_port()
        file = pathlib.Path(folder) / "front.conf"
        file.write_text(text.format(folder=folder, plain=plain, secure=secure, **values))
        yield file, plain, secure
