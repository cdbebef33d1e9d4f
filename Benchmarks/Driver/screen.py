"""The workbench on a terminal: what the screen costs, what it draws, how soon it answers keys, and what it does at rest."""
import random
import statistics
import tempfile

import contest
import machine
from terminal import Terminal

PLAN = """kind: {kind}
requests:
  - repeat: {requests}
    send: {{name: "User {{i}}", language: en}}
    {pace}
"""
# A little more than 100,000 requests a second.
PACE = "batch: {size: 1300, pause: 10ms}"
# Drawn when a call has ended well, and not before.
SUCCESS = "✓ OK".encode()
# The title of the first pane is drawn anew when it gets the keys or loses them.
TITLE = b"Compose"
# Reads that are nearer to each other than this, in seconds, are one frame.
GAP = 0.004
# How long the processor is watched while nothing happens, in seconds.
REST = 10


class Workbench(Terminal):
    """The workbench with a plan and a server, its first frame drawn, and nothing of the person's own in it."""

    def __init__(self, kind, requests, url, pace=""):
        self.home = tempfile.TemporaryDirectory()
        with open(f"{self.home.name}/plan.yaml", "w") as plan:
            plan.write(PLAN.format(kind=kind, requests=requests, pace=pace))
        command = [machine.PROGRAM, "ui", "--no-history", "--plan", plan.name, "--server", url, "--deadline", "none"]
        variables = {"HOME": self.home.name} | {
            f"XDG_{name}_HOME": f"{self.home.name}/{name}" for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        super().__init__(command, variables)
        self.wait_for(TITLE)
        self.wait_for(b"healthy")
        if kind == "bidi":
            # Bidirectional streams are held open for more, unless this is turned off in the palette.
            self.press(b":")
            self.rest(0.2)
            self.press(b"hold streams\r")
        self.rest(0.5)

    def end(self):
        super().end()
        self.home.cleanup()


def measure(rounds, requests, long_requests):
    with machine.Server() as server:
        for transport in ("gateway", "gRPC"):
            cost(server, transport, "bidi", rounds, requests)
            latency(server, transport, "bidi", long_requests // 3, PACE)
            latency(server, transport, "bidi", long_requests)
        latency(server, "gateway", "client-stream", long_requests)


def cost(server, transport, kind, rounds, requests):
    """The same call with the screen and without, in turn; then the workbench at rest."""
    print(f"\n{transport}, {kind} of {requests:,} requests, {rounds} rounds\n")
    bare = contest.Client("without", [machine.STREAMS, "ours"])
    url = server.url(transport)
    ratios, processors, rates = [], [], []
    for turn in range(rounds):
        if turn % 2 == 0:
            without, (seconds, processor) = bare.run(kind, requests, url), with_screen(kind, requests, url)
        else:
            (seconds, processor), without = with_screen(kind, requests, url), bare.run(kind, requests, url)
        ratios.append(seconds / without["seconds"])
        processors.append(processor / without["processor"])
        rates.append((requests / seconds, requests / without["seconds"]))
    with_rate, without_rate = (statistics.median(rate) for rate in zip(*rates))
    print(f"messages a second with the screen {with_rate:,.0f}, without {without_rate:,.0f}; the screen takes "
          f"{100 * (statistics.median(ratios) - 1):+.1f} % time, {100 * (statistics.median(processors) - 1):+.1f} % "
          "processor time, medians of pairs", flush=True)


def with_screen(kind, requests, url):
    """One call in the workbench: seconds on the clock and of the processors."""
    with Workbench(kind, requests, url) as workbench:
        processor = machine.processor_time(workbench.pid)
        start = workbench.press(b"r")
        seconds = workbench.wait_for(SUCCESS, limit=300) - start
        return seconds, machine.processor_time(workbench.pid) - processor


def latency(server, transport, kind, requests, pace=""):
    """Keys pressed at odd moments during one long call, until it ends; what was drawn; and rest before and after."""
    with Workbench(kind, requests, server.url(transport), pace) as workbench:
        before = at_rest(workbench)
        workbench.watch(SUCCESS)
        start = workbench.press(b"r")
        workbench.rest(1)
        first = len(workbench.reads)
        times, memory = [], []
        while not workbench.watched_at:
            pressed = workbench.press(b"51"[len(times) % 2:][:1])
            times.append(1000 * (workbench.wait_for(TITLE) - pressed))
            memory.append(machine.memory(workbench.pid))
            workbench.rest(random.uniform(0.03, 0.09))
        seconds = workbench.watched_at - start
        sizes = frames([read for read in workbench.reads[first:] if read[0] < workbench.watched_at])
        # A second for what is drawn when a call has ended.
        workbench.rest(1)
        after = at_rest(workbench)
    times, sizes = sorted(times[:-1]), sorted(sizes)
    print(f"\n{transport}, {kind} of {requests:,} requests, {requests / seconds:,.0f} a second\n")
    print(f"key to paint, {len(times)} keys: p50 {percentile(times, 50):.1f} ms, p99 {percentile(times, 99):.1f} ms, "
          f"max {times[-1]:.1f} ms")
    print(f"frames: {len(sizes) / (seconds - 1):.0f} a second; bytes in one: p50 {percentile(sizes, 50):,}, "
          f"p99 {percentile(sizes, 99):,}, max {sizes[-1]:,}")
    print(f"resident: {memory[0]:.0f} MB at the first key, {max(memory):.0f} MB at most")
    print(f"at rest before the call, in {REST} s: {before}; after it: {after}", flush=True)


def at_rest(workbench):
    pid = workbench.pid
    processor, before = machine.processor_time(pid), machine.wake_ups(pid)
    drawn = workbench.rest(REST)
    processor = machine.processor_time(pid) - processor
    wake_ups = sum(count - before.get(thread, 0) for thread, count in machine.wake_ups(pid).items())
    return f"{wake_ups} wake-ups, {1000 * processor:.0f} ms of processor time, {drawn} bytes drawn"


def frames(reads):
    """The sizes of frames: what is drawn without a pause in it is one."""
    sizes, last = [], 0.0
    for moment, size in reads:
        if moment - last < GAP:
            sizes[-1] += size
        else:
            sizes.append(size)
        last = moment
    return sizes


def percentile(ordered, percent):
    """The smallest value that so many percent of the ordered values do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
