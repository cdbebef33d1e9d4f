"""The workbench on a terminal that a library draws: keys are pressed, and the screen is read as a user would read it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

COLUMNS, ROWS = 120, 30
# How long anything may take to show, in seconds.
PATIENCE = 30


class Workbench:
    def __init__(self, program, *arguments, environment=None):
        """Without an environment of its own it keeps no history."""
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            history = [] if environment else ["--no-history"]
            variables = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/nonexistent", **(environment or {})}
            os.execve(program, [program, "ui", *history, *arguments], variables)
        # What the program asks its terminal.
        self.screen.write_process_input = lambda answer: os.write(self.terminal, answer.encode())
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, keys):
        """Types, as fast as the program takes it, and draws what comes of it meanwhile."""
        rest = keys.encode()
        while rest:
            reads, writes, _ = select.select([self.terminal], [self.terminal], [])
            if reads and not self._draw(0):
                return
            if writes:
                rest = rest[os.write(self.terminal, rest[:256]):]

    def wait_for(self, pattern):
        """Waits until the screen shows what matches.
        Returns the match, or `None` when it does not come."""
        return self.wait_until(lambda: re.search(pattern, self.text, re.DOTALL))

    def wait_until(self, condition):
        """Waits until something holds, ten times as long where the screen goes on changing; gives that, or `None` when it does not
        come."""
        end = time.monotonic() + 10 * PATIENCE
        while time.monotonic() < end:
            if found := condition():
                return found
            if not self._draw(PATIENCE):
                return None
        return None

    @property
    def text(self):
        return "\n".join(self.screen.display)

    def _draw(self, limit):
        if not select.select([self.terminal], [], [], max(0, limit))[0]:
            return False
        try:
            self.stream.feed(os.read(self.terminal, 65536))
            return True
        except OSError:
            return False  # It has ended.

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.child, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while os.waitpid(self.child, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(self.child, signal.SIGKILL)
            self._draw(0.05)
        os.close(self.terminal)
