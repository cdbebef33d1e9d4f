"""Hours of calls in one workbench, with faults: what it holds must not grow.

    soak.py PROGRAM [SECONDS]    an hour, unless told otherwise

A workbench on a terminal runs one conversation after the other at a demo server that delays, cuts and spoils, over the gateway and over
gRPC in turn, keeps them in a history, and is looked at after each: resident memory, file descriptors, threads. What it took once
the first part of the time was over is compared with what it takes later on.
"""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks/Driver"))
import machine
from terminal import Terminal

PLAN = """kind: bidi
requests:
  - repeat: 400
    send: {name: "User {i}", language: en}
    batch: {size: 50, pause: 5ms}
"""
FAULTS = ["drop-after=300", "delay=2ms~2ms", "malformed=2500"]
# From one call to the next, in seconds: a call takes some 0.1 of them.
PACE = 0.5
# The part of the time in which caches fill, and what memory may grow after it, in MB.
WARM, GROWTH = 0.25, 16

Sample = collections.namedtuple("Sample", "memory descriptors threads")


def sample(pid):
    return Sample(machine.memory(pid), len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task")))


def soak(program, seconds):
    with tempfile.TemporaryDirectory() as home:
        pathlib.Path(home, "plan.yaml").write_text(PLAN)
        command = [program, "ui", "--plan", f"{home}/plan.yaml", "--server", "demo:", "--backoff", "10ms", "--deadline", "20s",
                   *(word for fault in FAULTS for word in ("--fault", fault))]
        homes = {"HOME": home} | {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        samples = []
        with Terminal(command, homes) as workbench:
            workbench.wait_for(b"healthy", limit=60)
            # Streams are not held open for more: a plan's end is the call's.
            workbench.press(b":")
            workbench.rest(PACE)
            workbench.press(b"hold streams\r")
            workbench.rest(PACE)
            start = time.monotonic()
            while (passed := time.monotonic() - start) < seconds:
                workbench.press(b"T" if len(samples) % 20 == 19 else b"r")
                workbench.rest(PACE)
                samples.append((passed, sample(workbench.pid)))
        history = subprocess.run([program, "history", "list"], env=os.environ | homes, check=True, capture_output=True, text=True)
        return collections.Counter(line.split()[4] for line in history.stdout.splitlines()), samples


def main(program, seconds=3600):
    seconds = float(seconds)
    ends, samples = soak(os.path.abspath(program), seconds)
    middle = seconds * (1 + WARM) / 2
    warm = [taken for passed, taken in samples if seconds * WARM <= passed < middle]
    late = [taken for passed, taken in samples if passed >= middle]
    if not warm or not late:
        sys.exit("too few calls to compare: give it more time")
    print(f"{seconds:,.0f} s; the newest calls: " + ", ".join(f"{count:,} {end}" for end, count in ends.most_common()))
    failed = not {"OK", "UNAVAILABLE", "INTERNAL"} <= ends.keys()
    for name, allowed in (("memory", GROWTH), ("descriptors", 4), ("threads", 4)):
        before, after = (max(getattr(taken, name) for taken in part) for part in (warm, late))
        failed |= after > before + allowed
        print(f"{name}: at most {before:,.0f} in the second part, {after:,.0f} after it"
              + (f": grown by more than {allowed}" if after > before + allowed else ""))
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
