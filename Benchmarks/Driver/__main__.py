"""What scripts/bench runs once everything is built."""
import argparse
import os
import subprocess

import machine
import peers
import screen
import streams

PARTS = ["peers", "go", "streams", "screen", "first-frame", "plans", "retry", "history"]


def run(part, options):
    print(f"\n## {part}\n\n{machine.description()}, load {machine.load()}\n", flush=True)
    match part:
        case "peers":
            peers.measure(options.rounds or 11, options.requests or 100_000, options.only)
        case "go":
            peers.measure_go(options.rounds or 11, options.requests or 100_000, options.only)
        case "streams":
            streams.measure(options.scale, options.only)
        case "screen":
            screen.measure(options.rounds or 5, int(2_000_000 * options.scale), int(10_000_000 * options.scale))
        case "first-frame" | "plans":
            script([f"bench-{part}", machine.PROGRAM])
        case "retry":
            script(["bench-retry-layer", "25", "4"])
        case "history":
            script(["bench-history"])
    print(f"\nload {machine.load()}", flush=True)


def script(command):
    subprocess.run([os.path.join(machine.ROOT, "scripts", command[0]), *command[1:]], check=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures what docs/performance.md tells.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"what to measure: {', '.join(PARTS)}; all unless named")
    parser.add_argument("--rounds", type=int, help="how often everything is run in turn: 11 for peers and go, 5 for screen")
    parser.add_argument("--requests", type=int, help="requests of a stream for peers and go (100000)")
    parser.add_argument("--scale", type=float, default=1, help="what the lengths of streams and screen are multiplied by")
    parser.add_argument("--only", choices=["client-stream", "bidi"], help="one kind of stream for peers, go and streams")
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"there is no part '{part}'")
    for part in options.parts or PARTS:
        run(part, options)


if __name__ == "__main__":
    main()
