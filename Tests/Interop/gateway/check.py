"""Checks that this program is right with gateways on servers of other people. Usage: check.py PROGRAM FOLDER [WORDS]

FOLDER has an environment for each file of requirements, and the built server in Go. WORDS choose the rows whose names contain them."""
import concurrent.futures
import io
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from calls import Calls  # noqa: E402
from program import Program  # noqa: E402
from report import Report, conclude  # noqa: E402
from rows import ALL, rows  # noqa: E402
from screens import Screens  # noqa: E402

# Rows at once: a call takes a processor for itself and one for its server.
WORKERS = 2


class Result:
    """The reports of a row, one for each kind of call."""

    def __init__(self, row, program):
        self.row = row
        self.text = io.StringIO()
        self.reports = {kind: Report(f"{row.name}: ", self.text) for kind in row.kinds}
        for behaviour in ("guide", "observed"):
            try:
                self._check(program, behaviour)
            except RuntimeError as error:
                # The other rows go on.
                for report in self.reports.values():
                    report.check("it can be served", str(error), "it can be served")

    def _check(self, program, behaviour):
        # What travels over HTTP is the same in both behaviours.
        kinds = [kind for kind in self.row.kinds if behaviour == "guide" or kind in ALL[2:]]
        for report in self.reports.values():
            report.prefix = f"{self.row.name}, {behaviour}: "
        with self.row.start(behaviour) as reach:
            for kind in kinds:
                getattr(Calls(program, self.reports[kind], behaviour, reach), kind.replace("-", "_"))()
                if self.row.is_on_screen:
                    Screens(program, self.reports[kind], behaviour, reach).check(kind)
        for kind in kinds if behaviour == "guide" else ():
            with self.row.start(behaviour) as reach:
                Calls(program, self.reports[kind], behaviour, reach).drop(kind)

    @property
    def cells(self):
        return [self._cell(self.reports.get(kind)) for kind in ALL]

    @staticmethod
    def _cell(report):
        if report is None:
            return "–"
        return f"{len(report.failures)} of {report.passed + len(report.failures)} fail" if report.failures else "ok"


def print_table(results):
    lines = [["server", *ALL]] + [[result.row.name, *result.cells] for result in results]
    widths = [max(map(len, column)) for column in zip(*lines)]
    print()
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    program, folder, words = Program(sys.argv[1]), sys.argv[2], sys.argv[3:]
    chosen = [row for row in rows(folder) if all(word in row.name for word in words)]
    results = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for result in pool.map(lambda row: Result(row, program), chosen):
            print(result.text.getvalue(), end="", flush=True)
            results.append(result)
    print_table(results)
    conclude(*(report for result in results for report in result.reports.values()))


main()
