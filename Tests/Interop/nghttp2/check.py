"""Checks this program's HTTP/2 against nghttp and nghttpd, the client and the server of nghttp2, both ways. Usage: check.py HTTP2-PEER"""
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from program import LIMIT  # noqa: E402
from report import Report, conclude  # noqa: E402

LENGTH = 3_000_000
REPORT = Report()
check = REPORT.check


def check_server(peer, directory):
    """nghttp, in all its ways, at our server."""
    process = subprocess.Popen([peer, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    body = pathlib.Path(directory, "body")
    body.write_bytes(b"z" * LENGTH)

    def fetch(path, *options):
        run = subprocess.run(["nghttp", *options, address + path], capture_output=True, timeout=LIMIT)
        return run.returncode, len(run.stdout), run.stderr

    check("nghttp: a body", fetch(f"/{LENGTH}"), (0, LENGTH, b""))
    check("nghttp: windows of a byte", fetch("/300", "-w1"), (0, 300, b""))
    check("nghttp: a small window of the connection", fetch(f"/{LENGTH}", "-W16", "-w30"), (0, LENGTH, b""))
    check("nghttp: 100 at once", fetch("/10000", "-m100", "-M100"), (0, 1_000_000, b""))
    check("nghttp: an upload comes back", fetch("/", f"-d{body}"), (0, LENGTH, b""))
    check("nghttp: padding", fetch("/", f"-d{body}", "-b200"), (0, LENGTH, b""))
    check("nghttp: a table of no size", fetch("/1000", "-c0"), (0, 1000, b""))
    check("nghttp: a head in several frames", fetch("/10", "--continuation")[0], 0)
    check("nghttp: trailers of the request", fetch("/", f"-d{body}", "--trailer=a: b"), (0, LENGTH, b""))
    status, _, _ = fetch("/10", "-v")
    output = subprocess.run(["nghttp", "-v", address + "/10"], capture_output=True, text=True, timeout=LIMIT).stdout
    check("nghttp: our trailers come", (status, "checked: yes" in output), (0, True))
    process.stdin.close()
    process.wait(LIMIT)


class Nghttpd:
    def __init__(self, directory, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ["nghttpd", "--no-tls", "-a127.0.0.1", f"-d{directory}", *options, str(self.port)],
            stdout=subprocess.DEVNULL)

    def __enter__(self):
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        return str(self.port)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def check_client(peer, directory):
    """Our client at nghttpd, in all its ways."""
    pathlib.Path(directory, "file").write_bytes(b"f" * LENGTH)

    def get(name, expected, options, *arguments):
        with Nghttpd(directory, *options) as port:
            run = subprocess.run([peer, "get", port, *arguments], capture_output=True, text=True, timeout=LIMIT)
            # Its page for what is not there has the library's version in it.
            found = re.sub(r"^404 \d+", "404 some", run.stdout.strip())
            check(f"nghttpd: {name}", found or run.stderr, expected)

    whole = f"200 {LENGTH} bytes 0 trailers complete"
    get("a file", whole, [], "/file")
    get("nothing there", "404 some bytes 0 trailers complete", [], "/nothing")
    get("padding", whole, ["-b200"], "/file")
    get("trailers", f"200 {LENGTH} bytes 1 trailers complete", ["--trailer=a: b"], "/file")
    get("a push that was ruled out", whole, ["-p/file=/other"], "/file")
    get("a table of no size", whole, ["-c0"], "/file")
    get("an upload comes back", whole, ["--echo-upload"], "/", str(LENGTH))
    get("windows of a byte", "200 300 bytes 0 trailers complete", ["--echo-upload", "-w1"], "/", "300")
    get("a small window of the connection", whole, ["--echo-upload", "-W16", "-w30"], "/", str(LENGTH))
    get("an early answer", whole, ["--early-response"], "/file", str(LENGTH))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        check_server(sys.argv[1], place)
        check_client(os.path.abspath(sys.argv[1]), place)
    conclude(REPORT)
