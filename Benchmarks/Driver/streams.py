"""Messages a second and memory, by the length of a stream."""
import contest
import machine

LENGTHS = [1000, 100_000, 1_000_000, 10_000_000]


def measure(scale, only):
    print("| transport | kind | requests | recording | messages a second | resident after 10 · 50 · 100 % | peak |\n"
          "|---|---|---|---|---|---|---|")
    with machine.Server() as server:
        for transport in ("gateway", "gRPC"):
            for kind in [only] if only else ["client-stream", "bidi"]:
                for length in LENGTHS:
                    for records in (False, True):
                        run(server, transport, kind, max(10, int(length * scale)), records)


def run(server, transport, kind, requests, records):
    client = contest.Client("greeter-tui", [machine.STREAMS, "ours"], records)
    figures = client.run(kind, requests, server.url(transport))
    course = figures["course"]
    part = " · ".join(f"{course[min(tenth, len(course)) - 1] / 1024:.0f}" for tenth in (1, 5, 10))
    print(f"| {transport} | {kind} | {requests:,} | {'on' if records else 'off'} | {requests / figures['seconds']:,.0f} | "
          f"{part} MB | {figures['peak'] / 1024:.0f} MB |", flush=True)
