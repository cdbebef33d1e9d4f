"""Every fault of the demo server, met by every kind of call, over both transports, in every mode of retries: what each ends in.

    matrix.py PROGRAM          makes every call once, and fails where something does not hold that must hold whatever a call ends in
    matrix.py PROGRAM --write  makes every call ten times, and writes the tables of docs/reliability.md

What must hold: the program ends by itself and with the documented status; the last thing that it tells is how the call has ended;
the ledger adds up to the requests that were sent, and a call that ends well leaves none uncertain; as many replies are counted as
were told of.
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/reliability.md"
BEGIN = "<!-- From here on made by `make reliability ARGS=--write`. -->\n"
ROUNDS = 10
# What a call waits for an answer, in seconds; and what its process may take, however busy the machine is.
DEADLINE, PATIENCE = 2, 120

STREAM = [f"User {number}" for number in range(10)]
KINDS = {"unary": STREAM[:3], "server-stream": STREAM[:1], "client-stream": STREAM, "bidi": STREAM}
STREAMS = ["client-stream", "bidi"]
MODES = ["off", "restart", "resume"]
EVERYWHERE = ["refuse=2", "drop-after=2", "status=503", "status=400", "stall", "delay=20ms", "malformed=2", "error=2"]
FAULTS = {
    "gateway": EVERYWHERE + ["close=1011", "no-close"],
    "gRPC": EVERYWHERE + ["rst=7", "rst=2", "goaway=0", "window=0", "ping-flood", "late-headers", "bad-trailers",
                          "big-metadata=100000"],
}
SERVERS = {"gateway": "demo:", "gRPC": "demo:grpc"}
Cell = collections.namedtuple("Cell", "transport fault kind mode")


def cells():
    for transport, faults in FAULTS.items():
        for fault in faults:
            for kind in KINDS:
                if not (fault in ("close=1011", "no-close") and kind not in STREAMS):
                    yield from (Cell(transport, fault, kind, mode) for mode in MODES)


def run(program, cell):
    """Makes the call. Returns what it ended in, in a few words, and what is wrong with how it ended."""
    command = [program, "call", cell.kind, "--server", SERVERS[cell.transport], "--fault", cell.fault, "--seed", "1",
               "--retry", cell.mode, "--backoff", "20ms", "--jitter", "none", "--deadline", f"{DEADLINE}s",
               "--no-history", "--events", "--", *KINDS[cell.kind]]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return "no end", [f"has not ended after {PATIENCE} s"]
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    problems = []
    if not events or events[-1]["event"] != "ended":
        return "no end", [f"status {ended.returncode}, and its end is not told: {ended.stderr[-500:]}"]
    end = events[-1]
    # docs/command-line.md, Exit status.
    if ended.returncode != (64 + end["code"] if end["code"] else 0):
        problems.append(f"status {ended.returncode} after {end['status']}")
    settled = sum(end[key] for key in ("answered", "refused", "unprocessed", "uncertain"))
    if settled != end["sent"]:
        problems.append(f"the ledger has {settled} of {end['sent']} requests")
    if end["status"] == "OK" and end["uncertain"]:
        problems.append("well, and uncertain")
    received = sum(event["event"] == "received" for event in events)
    if received != end["received"]:
        problems.append(f"{received} replies told of, and {end['received']} counted")
    return words(end), problems


def words(end):
    """The end of a call: its status, the attempts, and the ledger unless all is well."""
    attempts = "" if end["attempts"] == 1 else f" in {end['attempts']} attempts"
    if end["status"] == "OK":
        return f"OK{attempts}"
    ledger = [f"{end[key]} {key}" for key in ("answered", "refused", "unprocessed", "uncertain") if end[key]]
    return f"{end['status']}{attempts}: {', '.join(ledger or ['nothing sent'])}"


def table(ends, transport):
    yield f"\n## Over {'the gateway' if transport == 'gateway' else 'gRPC'}\n\n"
    yield f"| fault | call | {' | '.join(f'`--retry {mode}`' for mode in MODES)} |\n"
    yield f"|---|---|{'---|' * len(MODES)}\n"
    for fault in FAULTS[transport]:
        for kind in KINDS:
            row = [ends[Cell(transport, fault, kind, mode)] for mode in MODES]
            if all(row):
                columns = (" *or* ".join(end for end, _ in cell.most_common()) for cell in row)
                yield f"| `{fault}` | {kind} | {' | '.join(columns)} |\n"


def main(program, option=None):
    program = os.path.abspath(program)
    every = list(cells()) * (ROUNDS if option == "--write" else 1)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HOME": home} | {
            f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda cell: run(program, cell), every))
    ends = collections.defaultdict(collections.Counter)
    failures = 0
    for cell, (end, problems) in zip(every, results):
        ends[cell][end] += 1
        failures += bool(problems)
        for problem in problems:
            print(f"{' '.join(cell)}: {problem}", file=sys.stderr)
    print(f"{len(every)} calls, {failures} of which did not end as they must")
    if option == "--write":
        text = DOCUMENT.read_text()
        tables = "".join(line for transport in FAULTS for line in table(ends, transport))
        DOCUMENT.write_text(text[:text.index(BEGIN)] + BEGIN + tables)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
