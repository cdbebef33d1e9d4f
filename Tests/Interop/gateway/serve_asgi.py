"""The dialect as an application of Starlette, on which FastAPI stands, for the servers of ASGI."""
import asyncio
import os

from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

import dialect


class Socket:
    def __init__(self, socket):
        self.socket = socket
        self.send = socket.send_text
        self.close = socket.close

    async def __aiter__(self):
        try:
            while True:
                yield await self.socket.receive_text()
        except WebSocketDisconnect:
            return


def application(behaviour):
    async def stream(socket):
        await socket.accept()
        await dialect.converse(socket.url.path, Socket(socket), behaviour)

    return Starlette(routes=[
        Route(dialect.ROUTES["unary"], _unary, methods=["POST"]),
        Route(dialect.ROUTES["server-stream"], _server_stream, methods=["POST"]),
        Route(dialect.ROUTES["health"], _health),
        WebSocketRoute(dialect.ROUTES["client-stream"], stream),
        WebSocketRoute(dialect.ROUTES["bidi"], stream),
    ])


async def _unary(request):
    status, headers, body = await dialect.unary(await request.body())
    return Response(body, status, dict(headers))


async def _server_stream(request):
    status, headers, body = dialect.server_stream(await request.body())
    make = Response if isinstance(body, str) else StreamingResponse
    return make(body, status, dict(headers))


async def _health(_):
    status, headers, body = dialect.health()
    return Response(body, status, dict(headers))


def serve(listener, behaviour, server, implementation=None):
    app = application(behaviour)
    if server == "uvicorn":
        import uvicorn

        config = uvicorn.Config(app, ws=implementation, lifespan="off", log_level="warning")
        uvicorn.Server(config).run(sockets=[listener])
    else:
        from hypercorn.asyncio import serve as run
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"fd://{os.dup(listener.fileno())}"]
        asyncio.run(run(app, config))
