"""The two streaming kinds on the library `websockets`, by either of its APIs. It serves no POST, so that unary and server-streaming
calls need another server, as they do in real life."""
import asyncio

import dialect


class Socket:
    def __init__(self, connection):
        self.connection = connection
        self.send = connection.send
        self.close = connection.close

    async def __aiter__(self):
        # Ends when the client closes in order, and throws when it does not.
        async for message in self.connection:
            yield message


def serve(listener, behaviour, api):
    asyncio.run(_legacy(listener, behaviour) if api == "legacy" else _asyncio(listener, behaviour))


async def _asyncio(listener, behaviour):
    from websockets.asyncio.server import serve

    async def handle(connection):
        await dialect.converse(connection.request.path, Socket(connection), behaviour)

    async with serve(handle, sock=listener) as server:
        await server.serve_forever()


async def _legacy(listener, behaviour):
    from websockets.legacy.server import serve

    async def handle(connection):
        await dialect.converse(connection.path, Socket(connection), behaviour)

    async with serve(handle, sock=listener):
        await asyncio.Future()
