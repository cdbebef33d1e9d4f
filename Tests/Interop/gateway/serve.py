"""A server of the dialect on a free port of loopback. Usage: serve.py SERVER BEHAVIOUR

Prints the port, and serves until its standard input ends. Which servers there are depends on what is installed; see rows.py."""
import importlib
import os
import socket
import sys
import threading

# The module that serves, and what it is told beside the behaviour.
SERVERS = {
    "websockets": ("serve_websockets", "asyncio"),
    "websockets-legacy": ("serve_websockets", "legacy"),
    "aiohttp": ("serve_aiohttp",),
    "uvicorn-websockets": ("serve_asgi", "uvicorn", "websockets"),
    "uvicorn": ("serve_asgi", "uvicorn", "auto"),
    "uvicorn-wsproto": ("serve_asgi", "uvicorn", "wsproto"),
    "hypercorn": ("serve_asgi", "hypercorn"),
}


def end_with(stream):
    stream.read()
    os._exit(0)


def main():
    (module, *details), behaviour = SERVERS[sys.argv[1]], sys.argv[2]
    serve = importlib.import_module(module).serve
    # asyncio writes without delay only where it is told that the protocol is TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    threading.Thread(target=end_with, args=(sys.stdin,), daemon=True).start()
    # Clients may come from now on: they wait until they are served.
    print(listener.getsockname()[1], flush=True)
    serve(listener, behaviour, *details)


main()
