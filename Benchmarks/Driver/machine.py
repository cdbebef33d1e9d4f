"""Processes of this machine: programs under test, the demo server, and what /proc says about them."""
import contextlib
import os
import pathlib
import platform
import subprocess
import tempfile

ROOT = str(pathlib.Path(__file__).resolve().parents[2])
PROGRAM = f"{ROOT}/.build/release/greeter-tui"
STREAMS = f"{ROOT}/.build/release/streams-benchmark"
GO = f"{ROOT}/.build-interop/greeter-go"
TICKS = os.sysconf("SC_CLK_TCK")


def built(script):
    """What a script builds for release and names on its standard output."""
    command = [os.path.join(ROOT, "scripts", script)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def description():
    """The processors and the system in a line."""
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores of {model}, {platform.freedesktop_os_release()['PRETTY_NAME']}"


def load():
    """How many processes wanted a processor in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def memory(pid):
    """What is resident of a process in MB; None when it has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:")), None)
    except OSError:
        return None


def processor_time(pid):
    """Seconds of all processors that a process has used, the system's on its behalf included."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wake_ups(pid):
    """How often each thread of a process has gone to sleep of its own accord, and so been woken."""
    counts = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/status") as status:
            counts[thread] = next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches:"))
    return counts


class GoServer:
    """The server of grpc-go in a process of its own, with a certificate or without."""

    def __init__(self, certificate=None):
        self.process = subprocess.Popen([GO, "serve", *(certificate or [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        address = self.process.stdout.readline().strip()
        self.address = f"{'grpcs' if certificate else 'grpc'}://{address}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def url(self, _):
        return self.address

    def processor_time(self):
        return processor_time(self.process.pid)


@contextlib.contextmanager
def certificate():
    """A certificate of its own for 127.0.0.1, and its key, in files."""
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/certificate.pem", f"{folder}/key.pem"]
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                   "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        yield files


class Server:
    """The demo server in a process of its own."""

    def __init__(self, program=PROGRAM):
        self.process = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, text=True)
        self.gateway = self.process.stdout.readline().strip()
        self.grpc = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def url(self, transport):
        return self.grpc if transport == "gRPC" else self.gateway

    def processor_time(self):
        return processor_time(self.process.pid)
