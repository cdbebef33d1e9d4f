"""The streams of streams-benchmark by the `websockets` library, as its documentation shows it: without compression."""
import asyncio
import json

import report
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

ROUTES = {"client-stream": "client_stream", "bidi": "ws"}


async def stream(url, kind, requests):
    address = f"{url.replace('http', 'ws', 1)}/v1/helloworld/{ROUTES[kind]}"
    async with connect(address, compression=None) as socket:
        reading = asyncio.create_task(read(socket))
        for number in range(1, requests + 1):
            await socket.send(json.dumps({"name": f"User {number}", "language": "en"}, separators=(",", ":")))
        await socket.send('{"__end_stream__": true}')
        return await reading


async def read(socket):
    replies, last, is_complete = 0, "", False
    try:
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "response":
                replies, last = replies + 1, message["data"]["message"]
            elif message["type"] == "complete":
                is_complete = True
    except ConnectionClosed:
        pass
    if not is_complete:
        raise SystemExit("the stream was cut off")
    return replies, last


report.measure(lambda url: lambda kind, requests: asyncio.run(stream(url, kind, requests)))
