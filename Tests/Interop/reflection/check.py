"""Checks what this program learns of services: from servers whose reflection is sound, or wrong in one way, and from .proto files with
the compilers that there are. Usage: check.py PROGRAM PYTHON [NAME...]

PROGRAM is schema-client, which writes what it has learned as JSON. NAME is of outcomes.py; all of them, and the compilers, where none
is given."""
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
import compilers  # noqa: E402
from children import Child  # noqa: E402
from outcomes import OUTCOMES  # noqa: E402
from report import Report, conclude  # noqa: E402

# How long one may take, in seconds: more than the thirty that everything may take.
LIMIT = 150


def ask(program, port, *headers):
    start = time.monotonic()
    run = subprocess.run([program, f"grpc://127.0.0.1:{port}", *headers], capture_output=True, text=True, timeout=LIMIT)
    if run.returncode != 0:
        return {"error": f"ended with {run.returncode}: {run.stderr[-300:]}"}, time.monotonic() - start
    return json.loads(run.stdout), time.monotonic() - start


def told(report):
    """All that is said, as one text."""
    return " | ".join([report.get("error") or "", report.get("advice") or "", *report.get("failures", {}).values(), *report.get("notes", [])])


def main():
    program, python, *names = sys.argv[1:]
    report = Report()
    for name in names or OUTCOMES:
        expected = OUTCOMES[name]
        with Child(python, str(HERE / "serve.py"), name) as child:
            found, seconds = ask(program, child.line(), *expected.get("headers", ()))
        for key, value in expected.items():
            if key == "says":
                missing = [text for text in value if text not in told(found)]
                report.check(f"{name}: says", missing and (missing, told(found)), [])
            elif key == "finds":
                missing = [text for text in value if not any(text in problem for problem in found.get("problems", []))]
                report.check(f"{name}: finds", missing and (missing, found.get("problems")), [])
            elif key == "within":
                report.check(f"{name}: {seconds:.1f} s, at most {value} s", seconds <= value, True)
            elif key == "files":
                report.check(f"{name}: files", len(found.get("files", [])) if isinstance(value, int) else found.get("files"), value)
            elif key != "headers":
                report.check(f"{name}: {key}", found.get(key), value)
        if "says" not in expected:
            report.check(f"{name}: nothing to be said", told(found).strip(" |"), "")
        if "finds" not in expected:
            report.check(f"{name}: nothing wrong in the files", found.get("problems"), [])
    if not names:
        compilers.check(report, program, pathlib.Path(python).parent)
    conclude(report)


main()
