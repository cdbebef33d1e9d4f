"""This program beside the limits and beside Python, in one run."""
import os
import sys

import contest
import machine

HERE = os.path.dirname(os.path.abspath(__file__))


def python(name):
    return [sys.executable, os.path.join(HERE, "clients", f"{name}_client.py")]


OURS = [contest.Client("greeter-tui", [machine.STREAMS, "ours"]),
        contest.Client("greeter-tui, recording", [machine.STREAMS, "ours"], records=True)]
CLIENTS = {
    "gateway": OURS + [
        contest.Client("SwiftNIO, frames by hand", [machine.STREAMS, "nio-bytes"]),
        contest.Client("SwiftNIO, its own frames", [machine.STREAMS, "nio"]),
        contest.Client("Python websockets", python("websockets"), every=2),
    ],
    "gRPC": OURS + [
        contest.Client("grpc-swift-2", [machine.STREAMS, "grpc"]),
        contest.Client("Python grpcio", python("grpcio"), every=4),
    ],
}


def measure(rounds, requests, only):
    with machine.Server() as server:
        for transport, clients in CLIENTS.items():
            for kind in [only] if only else ["client-stream", "bidi"]:
                print(f"\n{transport}, {kind} of {requests:,} requests, {rounds} rounds, load {machine.load()}\n")
                contest.compare(clients, kind, requests, server, transport, rounds)
