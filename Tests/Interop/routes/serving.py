"""Serves an application of ASGI on a port of the system's choice, which is printed, until it is told to stop."""
import asyncio
import signal
import socket

from hypercorn import Config
from hypercorn.asyncio import serve as serve_asgi


def serve(application):
    listener = socket.create_server(("127.0.0.1", 0))
    config = Config()
    config.bind, config.loglevel, config.accesslog = [f"fd://{listener.fileno()}"], "ERROR", None

    async def main():
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        print(listener.getsockname()[1], flush=True)
        await serve_asgi(application, config, shutdown_trigger=stop.wait)

    asyncio.run(main())
