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
    def __init__(self, program, *arguments):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
            os.execve(program, [program, "ui", "--no-history", *arguments], environment)
        # What the program asks its terminal.
        self.screen.write_process_input = self.press
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, keys):
        os.write(self.terminal, keys.encode())

    def wait_for(self, pattern):
        """Waits until the screen shows what matches.
        Returns the match, or `None` when it does not come."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := re.search(pattern, self.text, re.DOTALL):
                return found
            if not self._draw(end - time.monotonic()):
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
