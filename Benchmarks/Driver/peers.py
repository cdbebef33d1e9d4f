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
        contest.Client("Python grpcio", python("grpcio"), every=4),
    ],
}


def go_clients(authority=None):
    """This program and grpc-go, on the server of grpc-go."""
    ours, theirs = (["--ca", authority], [authority]) if authority else ([], [])
    return [contest.Client("greeter-tui", [machine.STREAMS, "ours"], rest=ours),
            contest.Client("grpc-go", [machine.GO, "measure"], rest=theirs)]


def measure_go(rounds, requests, only):
    """Beside grpc-go: as many messages as are asked for, and a tenth of that in unary calls."""
    kinds = [only] if only else ["unary", "server-stream", "client-stream", "bidi"]
    with machine.certificate() as files:
        for certificate in (None, files):
            with machine.GoServer(certificate) as server:
                for kind in kinds:
                    count = max(1, requests // 10) if kind == "unary" else requests
                    way = "TLS" if certificate else "plain text"
                    print(f"\ngrpc-go, {way}, {kind} of {count:,}, {rounds} rounds, load {machine.load()}\n")
                    contest.compare(go_clients(certificate and certificate[0]), kind, count, server, None, rounds)


def measure(rounds, requests, only):
    with machine.Server() as server:
        for transport, clients in CLIENTS.items():
            for kind in [only] if only else ["client-stream", "bidi"]:
                print(f"\n{transport}, {kind} of {requests:,} requests, {rounds} rounds, load {machine.load()}\n")
                contest.compare(clients, kind, requests, server, transport, rounds)
