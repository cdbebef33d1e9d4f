"""Checks the form of every type of message in the real program: each field of it is filled in, the message is sent to a server on
grpcio and must come there as it was typed, and back equal; then it goes through the user's editor, which lays it out anew, and again.
Usage: check.py PROGRAM PYTHON [TYPE...]

All types of the tests' schemas where none is named. Of types with oneofs there are as many messages as the longest oneof has fields.
An `Any` holds a `demo.v1.Book`; the message google.protobuf.Any is tried with each type in it."""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from concurrent import futures

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
from children import Child  # noqa: E402
from filling import ANY, Filling  # noqa: E402
from report import Report, conclude  # noqa: E402
from schema import SERVICE, Schema, method  # noqa: E402
import workbench  # noqa: E402

HELD = "demo.v1.Book"
FORM = r"enter edit"


class Forms:
    """The program with a form in it, and a server that says what came."""

    def __init__(self, program, python, folder):
        # What one that was stopped has kept is not offered to the next.
        self.folder = tempfile.mkdtemp(dir=folder)
        self.server, self.edited = Child(python, str(HERE / "serve.py")), pathlib.Path(self.folder, "edited")
        self.edited.touch()
        environment = {
            "XDG_STATE_HOME": self.folder, "XDG_CONFIG_HOME": self.folder, "EDITED": str(self.edited),
            "EDITOR": f"{python} {HERE / 'editor.py'}"}
        server = f"grpc://127.0.0.1:{self.server.line()}"
        self.screen = workbench.Workbench(program, "--server", server, environment=environment)
        self.screen.wait_for("●")

    def stop(self):
        self.screen.__exit__()
        self.server.__exit__()

    def choose(self, name):
        """Chooses the method for a type. Its plan has one request then, with nothing in it."""
        full = f"{SERVICE}/{method(name)}"
        self.screen.press("m" + full)
        # The first one is what its name says, as soon as the server has told what it has.
        if not self.screen.wait_for(rf"▸ {re.escape(full)}.*?│ {re.escape(SERVICE)} .*?→   {re.escape(method(name)[:30])}"):
            return None
        self.screen.press("\r")
        return self.screen.wait_for(rf"calls go to {re.escape(full)}\b")

    def fill(self, keys, is_new):
        """Types into the form, keeps it, and runs it. Gives the bytes that came to the server."""
        self.screen.press("e" if is_new else "da")
        if not self.screen.wait_for(FORM):
            return None
        self.screen.press(keys)
        return self._keep_and_run()

    def edit(self):
        """Lets the editor have the message, and runs what comes of it."""
        self.screen.press("e")
        self.screen.wait_for(FORM)
        edits = self.edited.stat().st_size
        self.screen.press("\x0f")
        self.screen.wait_until(lambda: self.edited.stat().st_size > edits)
        # What it leaves is one key; the program draws itself anew.
        self.screen.wait_for(FORM)
        return self._keep_and_run()

    def _keep_and_run(self):
        if not self.keep():
            return None
        self.screen.press("r")
        # Each key has taken away what was said before.
        if not self.screen.wait_for(r"\bOK: 1 sent, 1 received"):
            return None
        _, _, sent = self.server.line().partition(" ")
        return base64.b64decode(sent)

    def keep(self):
        """Leaves the form, unless something in it is wrong."""
        self.screen.press("s")
        return self.screen.wait_until(lambda: not re.search(FORM, self.screen.text))


def runs(schema, names):
    """Each message that is made: the type, which of the fields of a oneof, and what an `Any` holds."""
    for name in names:
        for held in schema.types if name == ANY else [HELD]:
            choice, choices = 0, 1
            while choice < choices:
                filling = Filling(schema, name, choice, held)
                choices = filling.choices if held == HELD else 1
                yield name, held, choice, filling
                choice += 1


def fields(schema, name, data):
    """A message as something that can be compared and told."""
    if data is None:
        return "no message came"
    message = schema.message(name)
    message.ParseFromString(data)
    arrange(schema, message)
    return message.SerializeToString(deterministic=True), str(message)


def arrange(schema, message):
    """Puts what an `Any` holds into the order in which this library writes it: which one, nobody has to keep."""
    for field, value in message.ListFields():
        if not field.message_type:
            continue
        if not field.is_repeated:
            inner = [value]
        elif field.message_type.GetOptions().map_entry:
            inner = list(value.values()) if field.message_type.fields_by_name["value"].message_type else []
        else:
            inner = list(value)
        for each in inner:
            arrange(schema, each)
    if message.DESCRIPTOR.full_name == ANY and message.type_url:
        held = schema.message(message.type_url.rsplit("/", 1)[1])
        held.ParseFromString(message.value)
        arrange(schema, held)
        message.value = held.SerializeToString(deterministic=True)


def echoed(program, folder):
    """How many calls the history has, and those of which not the bytes came back that were sent."""
    environment = {**os.environ, "XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}

    def history(*arguments):
        return subprocess.run(
            [program, "history", *arguments], env=environment, capture_output=True, text=True, check=True).stdout
    numbers = re.findall(r"^\s*(\d+)\s", history("list", "--limit", "100000"), re.MULTILINE)

    def both(number):
        events = [json.loads(line) for line in history("export", number).splitlines()]
        return number, *([e.get("bytes") for e in events if e.get("event") == kind] for kind in ("sent", "received"))
    with futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        calls = list(pool.map(both, numbers))
    return len(numbers), [call for call in calls if len(call[1]) != 1 or call[1] != call[2]]


def main():
    program, python, *names = sys.argv[1:]
    schema, report, start = Schema(), Report(), time.monotonic()
    workbench.COLUMNS, workbench.ROWS = 150, 45
    calls = 0
    with tempfile.TemporaryDirectory() as folder:
        forms, present = None, None
        for name, held, choice, filling in runs(schema, names or schema.types):
            if not forms:
                forms, present = Forms(program, python, folder), None
            label = name + (f" holding {held}" if name == ANY else "") + (f", {choice + 1}. choice" if choice else "")
            expected = fields(schema, name, filling.message.SerializeToString())
            if present != name and not forms.choose(name):
                report.check(f"{label}: found by its name", forms.screen.text, "")
                forms.stop()
                forms = None
                continue
            # Without what was there, where it is the same method again.
            is_new, present = present != name, name
            for what in ("typed", "edited"):
                data = forms.fill(filling.keys, is_new) if what == "typed" else forms.edit()
                calls += data is not None
                report.check(f"{label}: {what}", fields(schema, name, data), expected)
                if data is None:
                    print(forms.screen.text)
                    forms.stop()
                    forms = None
                    break
        if forms:
            forms.stop()
        histories = [echoed(program, str(state)) for state in pathlib.Path(folder).iterdir()]
        report.check("each call is in the history, and has brought back what was sent", (
            sum(count for count, _ in histories), [call for _, wrong in histories for call in wrong]), (calls, []))
    print(f"{calls} calls in {time.monotonic() - start:.0f} s")
    conclude(report)


main()
