"""A gateway of the dialect that honours google/api/http.proto in full. Usage: transcoder.py STYLE

Prints its port. STYLE is `proto`, for replies by protobuf's JSON mapping, or `gateway`, for original names, and integers of 64 bits
and enums as numbers. LookUp, which is not annotated, has a route here all the same."""
import json
import re
import sys
from urllib.parse import unquote

from google.api import http_pb2
from google.protobuf import json_format
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from library import Abort, Library, Schema, one
from serving import serve

STATUS = {3: 400, 5: 404, 7: 403, 8: 429, 12: 501, 14: 503, 16: 401}


def template(path):
    """A path with variables as a regular expression, and the names of the variables."""
    def pattern(text):
        return "".join(".+" if part == "**" else "[^/]+" if part == "*" else re.escape(part) for part in re.split(r"(\*\*|\*)", text))

    out, at, names = "", 0, []
    for match in re.finditer(r"\{([A-Za-z_][\w.]*)(?:=([^}]*))?\}", path):
        out += pattern(path[at:match.start()]) + f"(?P<v{len(names)}>{pattern(match.group(2) or '*')})"
        names.append(match.group(1))
        at = match.end()
    return re.compile(out + pattern(path[at:]) + r"\Z"), names


def field(descriptor, name):
    for found in descriptor.fields:
        if name in (found.name, found.json_name):
            return found
    raise ValueError(f"{descriptor.full_name} has no field {name}")


def put(message, path, texts):
    """Sets a field, named with dots, to texts of a path or a query."""
    *way, last = path.split(".")
    for step in way:
        message = getattr(message, field(message.DESCRIPTOR, step).name)
    found = field(message.DESCRIPTOR, last)
    values = [{"true": True, "false": False}[text] if found.type == found.TYPE_BOOL else text for text in texts]
    values = [int(value) if found.type == found.TYPE_ENUM and value.isdigit() else value for value in values]
    json_format.ParseDict({found.name: values if found.is_repeated else values[-1]}, message)


class Transcoder:
    def __init__(self, style):
        self.style, self.schema = style, Schema()
        self.library, self.rules = Library(self.schema), []
        for service, method in self.schema.methods():
            rules = list(self.schema.rules(method))
            if method.name == "LookUp":
                rules = [("POST", "/v1/books:lookUp", http_pb2.HttpRule(body="*"))]
            for verb, path, rule in rules:
                self.rules.append((verb, *template(path), rule, service, method))

    def json(self, message):
        if self.style == "proto":
            return json_format.MessageToDict(message, descriptor_pool=self.schema.pool)
        printed = json_format.MessageToDict(
            message, preserving_proto_field_name=True, use_integers_for_enums=True, always_print_fields_with_no_presence=True,
            descriptor_pool=self.schema.pool)
        return numbers(printed, message.DESCRIPTOR)

    def find(self, verb, path, streams):
        for rule in self.rules:
            match = rule[1].match(path)
            if match and rule[5].client_streaming == streams and (streams or rule[0] == verb):
                return rule, {name: match.group(f"v{index}") for index, name in enumerate(rule[2])}
        return None, {}

    def request(self, rule, variables, query, body):
        message = self.schema.message(rule[5].input_type)()
        if rule[3].body == "*":
            json_format.Parse(body or b"{}", message, descriptor_pool=self.schema.pool)
            if query:
                raise ValueError("no query is expected here: the body is the whole request")
        elif rule[3].body and body:
            json_format.ParseDict({rule[3].body: json.loads(body)}, message, descriptor_pool=self.schema.pool)
        elif body:
            raise ValueError("no body is expected here")
        for name in dict.fromkeys(name for name, _ in query):
            put(message, name, [value for other, value in query if other == name])
        for name, value in variables.items():
            put(message, name, [unquote(value)])
        return message

    async def http(self, request):
        rule, variables = self.find(request.method, request.scope["raw_path"].decode(), False)
        if rule is None:
            return JSONResponse({"detail": "Not Found"}, 404)
        try:
            message = self.request(rule, variables, request.query_params.multi_items(), await request.body())
        except (ValueError, KeyError, json_format.ParseError) as error:
            return JSONResponse({"detail": str(error)}, 400)
        run = self.library.handler(rule[4], rule[5])
        if rule[5].server_streaming:
            async def events():
                async for reply in run(one(message)):
                    yield {"data": json.dumps(self.json(reply))}
            return EventSourceResponse(events())
        try:
            reply = [answer async for answer in run(one(message))][0]
        except Abort as abort:
            text = {"code": abort.code, "message": str(abort)}
            return JSONResponse(text, STATUS.get(abort.code, 500), {"grpc-status": str(abort.code), "grpc-message": str(abort)})
        data = self.json(reply)
        if rule[3].response_body:
            found = field(reply.DESCRIPTOR, rule[3].response_body)
            data = data.get(found.json_name, data.get(found.name, [] if found.is_repeated else None))
        return JSONResponse({"code": 0, "message": "success", "data": data})

    async def socket(self, socket):
        rule, _ = self.find("", socket.scope["path"], True)
        if rule is None:
            return await socket.close(1008)
        await socket.accept()

        async def requests():
            async for text in socket.iter_text():
                value = json.loads(text)
                if value.get("__end_stream__") is True:
                    return
                try:
                    yield json_format.ParseDict(value, self.schema.message(rule[5].input_type)(), descriptor_pool=self.schema.pool)
                except json_format.ParseError as error:
                    await socket.send_json({"type": "error", "error": f"Invalid request: {error}"})
        async for reply in self.library.handler(rule[4], rule[5])(requests()):
            await socket.send_json({"type": "response", "data": self.json(reply)})
        await socket.send_json({"type": "complete"})
        await socket.close()


def numbers(value, descriptor):
    """Integers of 64 bits as numbers."""
    for found in descriptor.fields:
        if found.name not in value:
            continue
        if found.cpp_type in (found.CPPTYPE_INT64, found.CPPTYPE_UINT64):
            value[found.name] = [int(item) for item in value[found.name]] if found.is_repeated else int(value[found.name])
        inner = found.message_type
        if inner and not inner.full_name.startswith("google.") and not inner.GetOptions().map_entry:
            for item in value[found.name] if found.is_repeated else [value[found.name]]:
                numbers(item, inner)
    return value


if __name__ == "__main__":
    transcoder = Transcoder(sys.argv[1])
    verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    serve(Starlette(routes=[Route("/{path:path}", transcoder.http, methods=verbs), WebSocketRoute("/{path:path}", transcoder.socket)]))
