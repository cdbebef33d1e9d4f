"""The dialect on aiohttp, which speaks HTTP and WebSocket by itself."""
import asyncio

from aiohttp import WSMsgType, web

import dialect


class Socket:
    def __init__(self, socket):
        self.socket = socket
        self.send = socket.send_str
        self.close = socket.close

    async def __aiter__(self):
        async for message in self.socket:
            if message.type == WSMsgType.TEXT:
                yield message.data


def serve(listener, behaviour):
    asyncio.run(_serve(listener, behaviour))


async def _serve(listener, behaviour):
    async def stream(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await dialect.converse(request.path, Socket(socket), behaviour)
        return socket

    application = web.Application()
    application.add_routes([
        web.post(dialect.ROUTES["unary"], _unary),
        web.post(dialect.ROUTES["server-stream"], _server_stream),
        web.get(dialect.ROUTES["client-stream"], stream),
        web.get(dialect.ROUTES["bidi"], stream),
        web.get(dialect.ROUTES["health"], _health),
    ])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    await asyncio.Future()


def _whole(status, headers, body):
    return web.Response(status=status, headers=headers, body=body.encode())


async def _unary(request):
    return _whole(*await dialect.unary(await request.text()))


async def _server_stream(request):
    status, headers, body = dialect.server_stream(await request.text())
    if isinstance(body, str):
        return _whole(status, headers, body)
    answer = web.StreamResponse(status=status, headers=headers)
    await answer.prepare(request)
    async for piece in body:
        await answer.write(piece.encode())
    return answer


async def _health(_):
    return _whole(*dialect.health())
