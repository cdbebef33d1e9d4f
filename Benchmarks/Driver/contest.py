"""Clients that do the same work, one process each, in turn."""
import json
import statistics
import subprocess
import sys
import tempfile

import machine


class Client:
    """A command that makes one stream and prints what it took as JSON."""

    def __init__(self, name, command, records=False, every=1, rest=()):
        """`every`: how many rounds go by for one in which it runs; for those that take long. `rest`: arguments after the others."""
        self.name, self.command, self.records, self.every, self.rest = name, command, records, every, rest

    def run(self, kind, requests, url):
        command = [*self.command, kind, str(requests), url, *self.rest]
        if not self.records:
            return run(command)
        with tempfile.TemporaryDirectory() as folder:
            return run([*command, "--record", folder])


def run(command):
    """The figures of one run, which must have brought every reply."""
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed: {result.stdout}")
    figures = json.loads(result.stdout.splitlines()[-1])
    kind, requests = figures["kind"], figures["requests"]
    if figures["replies"] != (1 if kind == "client-stream" else requests):
        sys.exit(f"{' '.join(command)}: {figures['replies']} replies to {requests} requests")
    return figures


def compare(clients, kind, requests, server, transport, rounds):
    """Runs the clients in turn, and prints a table: each against the first."""
    results = {client.name: {} for client in clients}
    for turn in range(rounds):
        # Whichever comes first has the colder caches: they take turns.
        offset = turn % len(clients)
        for client in clients[offset:] + clients[:offset]:
            if turn % client.every:
                continue
            before = server.processor_time()
            figures = client.run(kind, requests, server.url(transport))
            figures["server"] = server.processor_time() - before
            results[client.name][turn] = figures
    ours = results[clients[0].name]
    print("| client | messages a second | seconds | processor, client | processor, server | peak memory | "
          f"{clients[0].name} is faster by | and takes of its processor time |\n|---|---|---|---|---|---|---|---|")
    for client in clients:
        theirs = results[client.name]
        pairs = [(ours[turn], theirs[turn]) for turn in theirs]
        ratio = statistics.median(b["seconds"] / a["seconds"] for a, b in pairs)
        share = statistics.median(a["processor"] / b["processor"] for a, b in pairs)
        seconds, processor, serving, peak = (
            statistics.median(figures[key] for figures in theirs.values())
            for key in ("seconds", "processor", "server", "peak"))
        print(f"| {client.name} | {requests / seconds:,.0f} | {seconds:.3f} | {processor:.3f} | {serving:.2f} | "
              f"{peak / 1024:.0f} MB | {ratio:.2f}× | {share:.2f} |", flush=True)
