"""A gateway as those of FastAPI are that are made from a services.json, with what they get wrong. Usage: fastapi_gateway.py

Prints its port, and serves its services.json. Requests are models of pydantic with original names, and enums are Enums, which takes
them by number in JSON and not at all in a query; the path's variables are matched and not read; any body is the whole request; of
several routes only the first is there; a reply is whole; a status of the service is HTTP 500; what has an enum or bytes in its type
cannot be sent over SSE and WebSocket."""
import base64
import enum
import json
from typing import Optional

import pydantic
from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from google.protobuf import json_format
from sse_starlette import EventSourceResponse

from library import Library, Schema, one
from serving import serve
from transcoder import numbers

SCHEMA = Schema()
LIBRARY = Library(SCHEMA)
KINDS = {(False, False): "unary", (False, True): "server_streaming", (True, False): "client_streaming", (True, True): "bidirectional_streaming"}
# Service/method, verb, path, body, and whether there are more routes: (what is listed and not served).
ROUTES = [
    ("demo.v1.Library/CreateShelf", "POST", "/v1/shelves", "shelf"),
    ("demo.v1.Library/GetShelf", "GET", "/v1/shelves/{name}", None),
    ("demo.v1.Library/CreateBook", "PUT", "/v1/books/{book_id}", "book"),
    ("demo.v1.Library/GetBook", "GET", "/v1/{name=shelves/*}/first", None),
    ("demo.v1.Library/ListBooks", "GET", "/v1/books", None),
    ("demo.v1.Library/UpdateBook", "PATCH", "/v1/books", "*"),
    ("demo.v1.Library/WatchBooks", "POST", "/v1/watch", "*"),
    ("demo.v1.Library/LookUp", "POST", "/v1/lookUp", "*"),
    ("demo.v1.Failing/Unary", "POST", "/v1/fail", "*"),
    ("demo.v1.Pager/Fetch", "GET", "/v1/pages", None),
    ("demo.v1.Failing/ServerStream", "POST", "/v1/numbers", "*"),
    ("demo.v1.Failing/ClientStream", "POST", "/v1/count", "*"),
    ("demo.v1.Failing/Bidi", "POST", "/v1/each", "*"),
]
METHODS = {f"{service}/{method.name}": method for service, method in SCHEMA.methods()}
MODELS = {}


def model(descriptor):
    if descriptor.full_name not in MODELS:
        MODELS[descriptor.full_name] = None
        MODELS[descriptor.full_name] = pydantic.create_model(
            descriptor.name, **{found.name: attribute(found) for found in descriptor.fields})
    return MODELS[descriptor.full_name]


def attribute(found):
    if found.message_type and found.message_type.GetOptions().map_entry:
        return dict, {}
    kind = {
        found.CPPTYPE_STRING: bytes if found.type == found.TYPE_BYTES else str, found.CPPTYPE_BOOL: bool, found.CPPTYPE_FLOAT: float,
        found.CPPTYPE_DOUBLE: float, found.CPPTYPE_ENUM: None, found.CPPTYPE_MESSAGE: None}.get(found.cpp_type, int)
    if found.enum_type:
        kind = enum.Enum(found.enum_type.name, {value.name: value.number for value in found.enum_type.values})
    if found.message_type:
        inner = found.message_type
        kind = Optional[str if inner.full_name in ("google.protobuf.Timestamp", "google.protobuf.FieldMask") else model(inner)]
    return (list[kind], []) if found.is_repeated else (Optional[kind], None)


def message(method, value):
    """The request of a model: its fields that are set, by their original names."""
    fields = json.loads(json.dumps(value.model_dump(exclude_none=True), default=plain))
    return json_format.ParseDict(fields, SCHEMA.message(method.input_type)(), descriptor_pool=SCHEMA.pool)


def plain(value):
    return value.value if isinstance(value, enum.Enum) else base64.b64encode(base64.b64decode(value)).decode()


def printed(reply):
    fields = json_format.MessageToDict(
        reply, preserving_proto_field_name=True, use_integers_for_enums=True, always_print_fields_with_no_presence=True,
        descriptor_pool=SCHEMA.pool)
    fields = numbers(fields, reply.DESCRIPTOR)
    return {found.name: fields.get(found.name) for found in reply.DESCRIPTOR.fields}


def obstacle(descriptor, seen=()):
    """What in a type json.dumps does not take; None where it takes all."""
    for found in descriptor.fields:
        if found.enum_type:
            return found.enum_type.name
        if found.type == found.TYPE_BYTES:
            return "bytes"
        if found.message_type and found.message_type.full_name not in seen:
            inner = obstacle(found.message_type, (*seen, descriptor.full_name))
            if inner:
                return inner
    return None


def streamed(method, reply):
    inner = obstacle(reply.DESCRIPTOR)
    if inner:
        raise TypeError(f"Object of type {inner} is not JSON serializable")
    return json.dumps(printed(reply))


def validated(method, place, values):
    try:
        return model(SCHEMA.message(method.input_type).DESCRIPTOR).model_validate(values)
    except pydantic.ValidationError as error:
        raise RequestValidationError([{**problem, "loc": (place, *problem["loc"])} for problem in error.errors()])


def add(app, name, verb, path, body):
    method = METHODS[name]
    service = name.split("/")[0]

    async def read(request: Request):
        if body is None:
            fields = SCHEMA.message(method.input_type).DESCRIPTOR.fields
            query = request.query_params
            values = {field.name: query.getlist(field.name) or "" if field.is_repeated else query[field.name]
                      for field in fields if field.is_repeated or field.name in query}
            return message(method, validated(method, "query", values))
        text = await request.body()
        if not text:
            raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}])
        return message(method, validated(method, "body", json.loads(text)))

    async def unary(request: Request):
        async for reply in LIBRARY.handler(service, method)(one(await read(request))):
            return JSONResponse({"code": 0, "message": "success", "data": printed(reply)})

    async def events(request: Request):
        wanted = await read(request)

        async def lines():
            try:
                async for reply in LIBRARY.handler(service, method)(one(wanted)):
                    yield streamed(method, reply)
            except Exception as error:
                yield f"event: error\ndata: {json.dumps({'error': str(error)})}\n\n"
        return EventSourceResponse(lines())

    async def socket(socket: WebSocket):
        await socket.accept()

        async def requests():
            async for text in socket.iter_text():
                value = json.loads(text)
                if value.get("__end_stream__") is True:
                    return
                try:
                    yield message(method, validated(method, "body", value))
                except RequestValidationError as error:
                    await socket.send_json({"type": "error", "error": f"Invalid request: {error.errors()[0]['msg']}"})
        try:
            async for reply in LIBRARY.handler(service, method)(requests()):
                await socket.send_text('{"type":"response","data":' + streamed(method, reply) + "}")
            await socket.send_text('{"type":"complete"}')
        except Exception as error:
            await socket.send_json({"type": "error", "error": str(error)})
        await socket.close()

    if method.client_streaming:
        app.add_api_websocket_route(path, socket)
    else:
        app.add_api_route(path, events if method.server_streaming else unary, methods=[verb])


def services():
    """In the format of the upstream generator: services by their short names."""
    listed = {}
    for name, verb, path, body in ROUTES:
        service, method = name.split("/")
        http = {"method": verb, "path": path, **({"body": body} if body else {})}
        if method == "GetBook":
            http["additional_bindings"] = [{"method": "GET", "path": "/v1/find"}]
        listed.setdefault(service.split(".")[-1], {})[method] = {
            "input_type": METHODS[name].input_type, "output_type": METHODS[name].output_type,
            "streaming_type": KINDS[METHODS[name].client_streaming, METHODS[name].server_streaming],
            "method_full_name": f"/{name}", "http": http}
    return listed


if __name__ == "__main__":
    app = FastAPI(openapi_url=None)
    app.add_api_route("/services.json", lambda: JSONResponse(services()), methods=["GET"])
    for route in ROUTES:
        add(app, *route)
    serve(app)
