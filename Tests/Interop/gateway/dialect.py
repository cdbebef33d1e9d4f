"""The Greeter behind a gateway, in words of no framework: what docs/wire.md says, from the server's side.

Names have meanings: a blank one is refused, `drop` ends the process in the middle, and of a server stream a number says how many replies
there are. A program that is gone is a drop on every framework, and no framework tidies up after it."""
import asyncio
import json
import os

ROUTES = {
    "unary": "/v1/helloworld",
    "server-stream": "/v1/helloworld/stream",
    "client-stream": "/v1/helloworld/client_stream",
    "bidi": "/v1/helloworld/ws",
    "health": "/health",
}

MARKER = "__end_stream__"
DROPPED = 70


class Refusal(Exception):
    """A request that cannot be greeted."""


def read(text):
    """The name and language of a request."""
    try:
        request = json.loads(text)
    except ValueError:
        raise Refusal("not JSON")
    name = request.get("name", "John Doe") if isinstance(request, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise Refusal("Name cannot be empty")
    return name, request.get("language") or "en"


def greeting(name, language="en"):
    return {"message": f"Hello, {name}!", "language": language}


async def drop():
    """Ends the server when what was written before has had time to leave it."""
    await asyncio.sleep(0.2)
    os._exit(DROPPED)


# Over HTTP: a status, the headers, and the body or its pieces.

JSON = [("content-type", "application/json")]


def envelope(data):
    return json.dumps({"code": 0, "message": "success", "data": data})


def health():
    return 200, JSON, envelope({"healthy": True, "message": "Service is healthy"})


async def unary(body):
    try:
        name, language = read(body)
    except Refusal as refusal:
        # As observed: the status says it, the body does not.
        return 400, JSON + [("grpc-message", str(refusal))], envelope({})
    if name == "drop":
        await drop()
    return 200, JSON, envelope(greeting(name, language))


def server_stream(body):
    try:
        name, language = read(body)
    except Refusal as refusal:
        return 400, JSON + [("grpc-message", str(refusal))], envelope({})
    headers = [("content-type", "text/event-stream"), ("cache-control", "no-cache"), ("x-accel-buffering", "no")]
    return 200, headers, _events(name, language)


async def _events(name, language):
    count = int(name) if name.isdigit() else 3
    for _ in range(count):
        yield f"data: {json.dumps(greeting(name, language))}\r\n\r\n"
        if name == "drop":
            await drop()


# Over WebSocket: `socket` gives texts until the client closes, and has `send` and `close`.

class Guide:
    """Honours the end-of-stream marker."""

    async def client_stream(self, socket):
        count = 0
        async for text in socket:
            if is_marker(text):
                await socket.send(response(greeting(f"all {count}")))
                return await complete(socket)
            if await request_in(text, socket):
                count += 1

    async def bidi(self, socket):
        async for text in socket:
            if is_marker(text):
                return await complete(socket)
            if request := await request_in(text, socket):
                await socket.send(response(greeting(*request)))


class Observed:
    """Answers every message by itself, the marker among them, and never closes."""

    async def client_stream(self, socket):
        async for text in socket:
            if request := await request_in(text, socket):
                await socket.send(response(greeting(*request)))
                await socket.send(json.dumps({"type": "complete"}))

    async def bidi(self, socket):
        async for text in socket:
            if request := await request_in(text, socket):
                await socket.send(response(greeting(*request)))
                await socket.send(response(greeting_of_processed(request[0])))


BEHAVIOURS = {"guide": Guide(), "observed": Observed()}


def greeting_of_processed(name):
    return {"message": f"Processed greeting for {name}", "language": "en"}


def is_marker(text):
    return MARKER in text and json.loads(text).get(MARKER) is True


async def request_in(text, socket):
    """The request in a message; `None` for one that was refused."""
    try:
        request = read(text)
    except Refusal as refusal:
        await socket.send(json.dumps({"type": "error", "error": f"Invalid request: {refusal}"}))
        return None
    if request[0] == "drop":
        await drop()
    return request


def response(reply):
    return json.dumps({"type": "response", "data": reply})


async def complete(socket):
    await socket.send(json.dumps({"type": "complete"}))
    await socket.close()


async def converse(path, socket, behaviour):
    """Serves the route of a stream. Returns whether there is one."""
    if path == ROUTES["client-stream"]:
        await BEHAVIOURS[behaviour].client_stream(socket)
    elif path == ROUTES["bidi"]:
        await BEHAVIOURS[behaviour].bidi(socket)
    else:
        return False
    return True
