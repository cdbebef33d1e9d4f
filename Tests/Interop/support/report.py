"""What checks find, a line for each."""
import sys


class Report:
    """The checks of one matter.

    `prefix` stands before the name of each; `stream` is where the lines go, at once."""

    def __init__(self, prefix="", stream=sys.stdout):
        self.prefix = prefix
        self.stream = stream
        self.passed = 0
        self.failures = []

    def check(self, name, found, expected):
        """Notes whether what was found is what was expected."""
        name = self.prefix + name
        if found == expected:
            self.passed += 1
            self._say(f"ok    {name}")
        else:
            self.failures.append(name)
            self._say(f"FAIL  {name}\n      found    {_shown(found)}\n      expected {_shown(expected)}")

    def _say(self, text):
        print(text, file=self.stream, flush=True)


def conclude(*reports):
    """Says how it went, and ends with the status that says so, too."""
    failures = sum(len(report.failures) for report in reports)
    print(f"\n{failures} checks failed" if failures else "\nall checks passed")
    sys.exit(1 if failures else 0)


def _shown(value):
    """A value in so many words that a log can bear them."""
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:400]} … {text[-150:]}"
