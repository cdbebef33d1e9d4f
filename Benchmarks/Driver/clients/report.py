"""Runs the stream of a Python client, and prints what it took as streams-benchmark does."""
import json
import resource
import sys
import time

WARM_UP = 1000


def measure(make_run):
    """`make_run(url)` gives `run(kind, requests)`, which returns the number of replies and the text of the last one."""
    kind, requests, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    run = make_run(url)
    run(kind, WARM_UP)
    start, processor = time.perf_counter(), time.process_time()
    replies, last = run(kind, requests)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    end = f"({requests} requests)" if kind == "client-stream" else f"Hello, User {requests}!"
    if end not in last:
        sys.exit(f"the last reply is wrong: {last}")
    print(json.dumps({
        "kind": kind, "requests": requests, "replies": replies, "seconds": seconds, "processor": processor,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
