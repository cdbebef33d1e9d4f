"""What both gateways serve: the services of schemas.protoset, as far as they do something, without any transport."""
import pathlib

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SET = pathlib.Path(__file__).parents[2] / "ProtobufSchemaTests/Vectors/schemas.protoset"


class Abort(Exception):
    """A call ends with a status: a number of gRPC."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Schema:
    def __init__(self):
        self.files = descriptor_pb2.FileDescriptorSet.FromString(SET.read_bytes()).file
        self.pool = descriptor_pool.DescriptorPool()
        for file in self.files:
            self.pool.AddSerializedFile(file.SerializeToString())

    def message(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name.lstrip(".")))

    def methods(self):
        """Each method with the full name of its service."""
        for file in self.files:
            for service in file.service:
                for method in service.method:
                    yield (file.package + "." if file.package else "") + service.name, method

    @staticmethod
    def rules(method):
        """The rules of google/api/http.proto: (verb, path, rule)."""
        if not method.options.HasExtension(annotations_pb2.http):
            return
        first = method.options.Extensions[annotations_pb2.http]
        for rule in [first, *first.additional_bindings]:
            kind = rule.WhichOneof("pattern")
            yield (rule.custom.kind, rule.custom.path, rule) if kind == "custom" else (kind.upper(), getattr(rule, kind), rule)


class Library:
    """Each method takes an iterator of requests and yields replies."""

    def __init__(self, schema):
        self.schema, self.shelves, self.books = schema, {}, {}

    def handler(self, service, method):
        own = getattr(self, method.name, None)
        if own is None:
            raise Abort(12, f"{service}/{method.name} is not there")
        reply = self.schema.message(method.output_type)

        async def run(requests):
            async for answer in own(requests, reply):
                yield answer
        return run

    def find(self, name):
        if name not in self.books:
            raise Abort(5, f"no {name}")
        return self.books[name]

    async def CreateShelf(self, requests, reply):
        async for request in requests:
            shelf = reply(name=f"shelves/{request.shelf_id}", theme=request.shelf.theme)
            self.shelves[shelf.name] = shelf
            yield shelf

    async def GetShelf(self, requests, reply):
        async for request in requests:
            if request.name not in self.shelves:
                raise Abort(5, f"no {request.name}")
            yield self.shelves[request.name]

    async def CreateBook(self, requests, reply):
        async for request in requests:
            book = reply()
            book.CopyFrom(request.book)
            book.name = f"{request.parent or 'shelves/0'}/books/{request.book_id or len(self.books)}"
            self.books[book.name] = book
            yield book

    async def GetBook(self, requests, reply):
        async for request in requests:
            yield self.find(request.name)

    async def ListBooks(self, requests, reply):
        async for request in requests:
            genre = request.filter.genre
            books = [book for name, book in sorted(self.books.items()) if name.startswith(request.parent) and genre in (0, book.genre)]
            if "title" in request.order_by:
                books.sort(key=lambda book: book.title)
            yield reply(books=books[: request.page_size or 10], total=len(books))

    async def UpdateBook(self, requests, reply):
        async for request in requests:
            book, part = self.find(request.book.name), reply()
            request.update_mask.MergeMessage(request.book, part)
            book.MergeFrom(part)
            yield book

    async def DeleteBook(self, requests, reply):
        async for request in requests:
            self.find(request.name)
            del self.books[request.name]
            yield reply()

    async def HeadBook(self, requests, reply):
        async for request in requests:
            self.find(request.name)
            yield reply()

    async def MoveBook(self, requests, reply):
        async for request in requests:
            book = self.find(request.name)
            del self.books[request.name]
            book.name = f"{request.other_shelf_name}/books/{request.name.split('/')[-1]}"
            self.books[book.name] = book
            yield book

    async def WatchBooks(self, requests, reply):
        async for request in requests:
            for index in range(request.count or 3):
                event = reply(sequence=2**53 + 1 + index)
                event.created.title = f"Book {index + 1}"
                yield event

    async def ImportBooks(self, requests, reply):
        total, index = reply(), 0
        async for book in requests:
            if book.title:
                total.imported += 1
            else:
                total.failures.add(index=index, reason="no title")
            index += 1
        yield total

    async def LookUp(self, requests, reply):
        async for request in requests:
            yield reply(name=request.name, title=f"looked up {request.name}")

    async def Unary(self, requests, reply):
        async for request in requests:
            if request.code:
                raise Abort(request.code, request.message)
            yield reply(number=1)

    async def ServerStream(self, requests, reply):
        async for request in requests:
            for index in range(request.after or 2):
                yield reply(number=index + 1)

    async def ClientStream(self, requests, reply):
        count = 0
        async for _ in requests:
            count += 1
        yield reply(number=count)

    async def Bidi(self, requests, reply):
        number = 0
        async for _ in requests:
            number += 1
            yield reply(number=number)


async def one(request):
    yield request
