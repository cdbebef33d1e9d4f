"""A program on a pseudo-terminal, read as fast as it draws."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time


def take_over():
    """Makes standard input the terminal of the process that is about to begin."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Starts a command on a terminal of 120x36. What it draws must be read all the time, or it waits."""

    def __init__(self, command, environment=None):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        variables = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | (environment or {})
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=follower, stdout=follower, stderr=follower, env=variables, start_new_session=True,
            preexec_fn=take_over)
        os.close(follower)
        self.leader = leader
        self.pid = self.process.pid
        self.unseen = b""
        # When something was drawn, and how many bytes.
        self.reads = []
        self.watched, self.watched_at = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def press(self, keys):
        """Types; what was drawn before does not count as the answer."""
        self.unseen = b""
        start = time.perf_counter()
        os.write(self.leader, keys)
        return start

    def wait_for(self, mark, limit=10.0):
        """Reads until a mark has been drawn. Returns when that was."""
        deadline = time.perf_counter() + limit
        while True:
            found = self.unseen.find(mark)
            if found >= 0:
                self.unseen = self.unseen[found + len(mark):]
                return self.reads[-1][0]
            rest = deadline - time.perf_counter()
            if rest <= 0 or not self.read(rest):
                sys.exit(f"{mark!r} was not drawn within {limit:.0f} s; what was, at the end: {self.unseen[-2000:]!r}")

    def watch(self, mark):
        """From now on, looks out for a mark: `watched_at` says when it was drawn."""
        self.watched, self.watched_at = mark, None

    def rest(self, seconds):
        """Reads for so long. Returns how many bytes were drawn."""
        deadline = time.perf_counter() + seconds
        first = len(self.reads)
        while (left := deadline - time.perf_counter()) > 0:
            self.read(left)
        return sum(size for _, size in self.reads[first:])

    def read(self, limit):
        """Takes what has been drawn; false when that was nothing in the time allowed."""
        if not select.select([self.leader], [], [], limit)[0]:
            return False
        try:
            drawn = os.read(self.leader, 65536)
        except OSError:  # Linux reports the end of a pseudo-terminal as an error.
            sys.exit(f"the program has ended: {self.unseen!r}")
        self.reads.append((time.perf_counter(), len(drawn)))
        if self.watched and not self.watched_at and self.watched in self.unseen[-len(self.watched):] + drawn:
            self.watched_at = self.reads[-1][0]
        # A mark may come in two pieces; nothing looks further back than this.
        self.unseen = self.unseen[-65536:] + drawn
        return True

    def end(self):
        """Ends the program, and takes what it still draws: without that it could not end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        deadline = time.perf_counter() + 10
        while self.process.poll() is None and time.perf_counter() < deadline:
            if select.select([self.leader], [], [], 0.01)[0]:
                try:
                    os.read(self.leader, 65536)
                except OSError:
                    time.sleep(0.01)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.leader)
