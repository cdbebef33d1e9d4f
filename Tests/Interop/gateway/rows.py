"""The servers that are checked, a row of the table each: what serves, what stands in front of it, and which kinds it has."""
import contextlib
import dataclasses
import pathlib

import fronts
from children import Child
from proxy import tinyproxy

ALL = ("unary", "server-stream", "client-stream", "bidi")
# What a library that speaks WebSocket only can serve.
STREAMS = ALL[2:]


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    kinds: tuple
    # A context for a behaviour that gives the arguments by which the program reaches the server.
    start: object
    # Whether it is called from the workbench, too.
    is_on_screen: bool = False


class Places:
    """Where the environments and the built servers are."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def python(self, environment, server, behaviour):
        script = pathlib.Path(__file__).with_name("serve.py")
        return Child(str(self.folder / environment / "bin/python"), str(script), server, behaviour)

    def gorilla(self, behaviour):
        return Child(str(self.folder / "gateway-go"), behaviour)


def rows(folder):
    places = Places(folder)
    websockets = [
        _direct(places, f"websockets {version}, {api} API", f"websockets-{version}", server, STREAMS)
        for version in (13, 15, 17)
        for api, server in (("asyncio", "websockets"), ("legacy", "websockets-legacy"))
    ]
    return websockets + [
        _direct(places, "uvicorn, websockets 15", "asgi", "uvicorn"),
        _direct(places, "uvicorn, websockets 15 legacy", "asgi", "uvicorn-websockets"),
        _direct(places, "uvicorn, websockets 17", "asgi-newest", "uvicorn"),
        _direct(places, "uvicorn, wsproto", "asgi", "uvicorn-wsproto"),
        _direct(places, "hypercorn", "asgi", "hypercorn"),
        _direct(places, "aiohttp", "aiohttp", "aiohttp"),
        _gorilla(places),
    ] + [
        _fronted(places, front, is_secure)
        for front in ("nginx", "haproxy") for is_secure in (False, True)
    ] + [
        _fronted(places, "nginx", is_secure, tinyproxy, "tinyproxy, ") for is_secure in (False, True)
    ]


def _direct(places, name, environment, server, kinds=ALL):
    @contextlib.contextmanager
    def start(behaviour):
        with places.python(environment, server, behaviour) as child:
            yield "--server", f"http://127.0.0.1:{child.line()}"

    return Row(name, kinds, start, is_on_screen=kinds == STREAMS)


def _gorilla(places):
    @contextlib.contextmanager
    def start(behaviour):
        with places.gorilla(behaviour) as child:
            yield "--server", f"http://127.0.0.1:{child.line()}"

    return Row("gorilla", ALL, start)


def _fronted(places, front, is_secure, passage=contextlib.nullcontext, way=""):
    """Calls go to aiohttp, and streams to websockets, as they do where one library does not have both.
    `passage` stands between the program and the front."""
    @contextlib.contextmanager
    def start(behaviour):
        with places.python("aiohttp", "aiohttp", behaviour) as calls, \
                places.python("websockets-17", "websockets", behaviour) as streams, \
                getattr(fronts, front)(calls.line(), streams.line()) as (plain, secure), passage() as proxy:
            options = ("--proxy", proxy) if proxy else ()
            if is_secure:
                authority = str(fronts.CERTIFICATES / "authority.pem")
                yield "--server", f"https://localhost:{secure}", "--ca", authority, *options
            else:
                yield "--server", f"http://127.0.0.1:{plain}", *options

    return Row(f"{way}{front}, {'TLS' if is_secure else 'plain'}", ALL, start, is_on_screen=is_secure)
