"""What is checked of a row in the workbench: each kind with two requests, run with a key, and what the screen then shows."""
import json
import pathlib
import tempfile

from workbench import Workbench

NAMES = ("Ana", "Bob")


class Screens:
    """The calls of one row in the workbench."""

    def __init__(self, program, report, behaviour, reach):
        self.program, self.report, self.behaviour, self.reach = program, report, behaviour, reach

    def check(self, kind):
        found = self._run(kind)
        missing = [text for text in self._expected(kind) if text not in found]
        self.report.check(
            f"{kind}, in the workbench", "it is well" if "✓ OK" in found and not missing else found, "it is well")

    def _run(self, kind):
        """The screen when the call has ended."""
        with tempfile.TemporaryDirectory() as folder:
            plan = pathlib.Path(folder) / "plan.json"
            plan.write_text(json.dumps({"kind": kind, "requests": [{"name": name} for name in NAMES]}))
            with Workbench(self.program.path, *self.reach, "--plan", str(plan), "--retry", "off") as workbench:
                workbench.wait_for("● healthy")
                workbench.press("r")
                workbench.wait_for(f"Sent · {len(NAMES)}.*(▶ send open|✓ OK|✕)")
                if "▶ send open" in workbench.text:
                    workbench.press(".")
                workbench.wait_for("✓ OK|✕ [A-Z]")
                return workbench.text

    def _expected(self, kind):
        each = [f"Hello, {name}!" for name in NAMES]
        if kind == "client-stream" and self.behaviour == "guide":
            return ["Hello, all 2!"]
        if kind == "bidi" and self.behaviour == "observed":
            return each + [f"Processed greeting for {name}"[:20] for name in NAMES]
        return each
