"""Checks calls of any service by their routes: with a gateway that honours google/api/http.proto, and with one as those of FastAPI are.
Usage: check.py PROGRAM PYTHON"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))
from children import Child  # noqa: E402
from library import SET  # noqa: E402
from program import Program  # noqa: E402
from report import Report, conclude  # noqa: E402

BIG = "9007199254740993"


class Caller:
    def __init__(self, program, report, port, *arguments):
        self.program, self.report = program, report
        self.arguments = ["--server", f"http://127.0.0.1:{port}", "--no-history", *arguments]

    def call(self, name, method, data, replies, *arguments):
        """Makes a call that goes well, and compares what it prints."""
        status, output, errors = self.program.call(method, "-d", data, *arguments, *self.arguments)
        found = [json.loads(line) for line in output.splitlines()]
        self.report.check(name, (status, found) if status == 0 else (status, errors), (0, replies))

    def refuses(self, name, method, data, status, *words):
        """Makes a call that fails, and looks for what it must say."""
        found, _, errors = self.program.call(method, "-d", data, *self.arguments)
        self.report.check(name, (found, [word for word in words if word not in errors] and errors), (status, []))


def by_the_book(program, python, style):
    report = Report(f"http.proto, replies in the style {style}: ")
    with Child(python, str(HERE / "transcoder.py"), style) as child:
        port = child.line()
        caller = Caller(program, report, port, "--protoset", str(SET))
        book = {"name": "shelves/s/books/one", "title": "T", "genre": "GENRE_POEMS", "isbn": BIG, "labels": {"a": "b"}}
        caller.call("a part is the body, the rest the query", "Library/CreateShelf", '{"shelf":{"theme":"sea"},"shelfId":"s"}', [{"name": "shelves/s", "theme": "sea"}])
        caller.call("a variable with a pattern", "Library/GetShelf", '{"name":"shelves/s"}', [{"name": "shelves/s", "theme": "sea"}])
        caller.call("path, query and body", "Library/CreateBook", json.dumps({"parent": "shelves/s", "book": {**book, "name": ""}, "bookId": "one"}), [book])
        caller.call("another route where the first does not fit", "Library/CreateBook", '{"parent":"s","book":{"title":"U"}}', [{"name": "s/books/1", "title": "U"}])
        caller.call("two variables' worth of path", "Library/GetBook", '{"name":"shelves/s/books/one"}', [book])
        caller.call("a query of messages, lists and numbers; a part is the reply", "Library/ListBooks", '{"parent":"shelves/s","pageSize":5,"filter":{"genre":"GENRE_POEMS"},"orderBy":["title","name"]}', [{"books": [book]}])
        caller.call("no part of the reply is there", "Library/ListBooks", '{"parent":"shelves/none"}', [{}])
        book["title"] = "New"
        caller.call("a variable within a message", "Library/UpdateBook", '{"book":{"name":"shelves/s/books/one","title":"New"},"updateMask":"title"}', [book])
        book["name"] = "shelves/t/books/one"
        caller.call("a verb behind the path", "Library/MoveBook", '{"name":"shelves/s/books/one","otherShelfName":"shelves/t"}', [book])
        caller.call("HEAD", "Library/HeadBook", '{"name":"shelves/t/books/one"}', [{}])
        caller.call("what is deleted", "Library/DeleteBook", '{"name":"shelves/t/books/one"}', [{}])
        caller.refuses("a status of the service", "Library/GetBook", '{"name":"shelves/t/books/one"}', 64 + 5, "NOT_FOUND", "no shelves/t/books/one")
        events = [{"created": {"title": f"Book {index + 1}"}, "sequence": str(2**53 + 1 + index)} for index in range(3)]
        caller.call("a server stream", "Library/WatchBooks", '{"parent":"shelves/s","count":3}', events)
        caller.call("a client stream", "Library/ImportBooks", '{"title":"a"} {} {"title":"b"}', [{"imported": 2, "failures": [{"index": 1, "reason": "no title"}]}])
        caller.refuses("no route", "Library/LookUp", '{"name":"a"}', 64 + 12, "demo.v1.Library/LookUp has no route over a gateway", "--services")
        caller.refuses("an empty variable", "Library/GetShelf", "{}", 64 + 3, "name is empty", "sent 0")
        caller.refuses("a variable that does not match", "Library/GetShelf", '{"name":"shelf/1"}', 64 + 3, "the route wants it as {name=shelves/*}", "sent 0")
        services = HERE / "services.json"
        caller.call("a bidirectional stream, its route from a services.json", "Library/LookUp", '{"name":"a"} {"name":"b"}', [{"name": name, "title": f"looked up {name}"} for name in "ab"], "--services", str(services), "--style", "proto")
        bare = Caller(program, report, port, "--services", str(services), "--style", "proto")
        bare.call("messages that are not defined", "Library/LookUp", '{"name":"a"}', [lookedUp(style)])
        alone = Caller(program, report, port)
        alone.refuses("nothing says what there is", "Library/GetBook", "{}", 2, "/services.json is not there", "--services")
    return report


def lookedUp(style):
    """A reply as it travels."""
    short = {"name": "a", "title": "looked up a"}
    if style == "proto":
        return short
    return {**short, "authors": [], "genre": 0, "pages": 0, "isbn": 0, "price": 0.0, "labels": {}, "cover": "", "binding": 0}


def as_fastapi(program, python):
    report = Report("FastAPI: ")
    with Child(python, str(HERE / "fastapi_gateway.py")) as child:
        port = child.line()
        caller = Caller(program, report, port, "--protoset", str(SET))
        caller.call("the whole request in any body", "Library/CreateShelf", '{"shelf":{"theme":"sea"},"shelfId":"s"}', [{"name": "shelves/s", "theme": "sea"}])
        caller.refuses("a variable with a slash", "Library/GetShelf", '{"name":"shelves/s"}', 64 + 3, "this gateway matches no / in {name}", "sent 0")
        caller.call("enums by number, 64 bits exactly, a variable in the path and in the body", "Library/CreateBook", json.dumps({"parent": "shelves/s", "bookId": "one", "book": {"title": "T", "genre": "GENRE_POEMS", "isbn": BIG, "lentTo": "ana", "cover": "AQI="}}),
                    [{"name": "shelves/s/books/one", "title": "T", "genre": "GENRE_POEMS", "isbn": BIG, "lentTo": "ana", "cover": "AQI="}])
        caller.call("a pattern that is text", "Library/GetBook", '{"name":"shelves/s/books/one"}', [{"name": "shelves/s/books/one", "title": "T", "genre": "GENRE_POEMS", "isbn": BIG, "lentTo": "ana", "cover": "AQI="}])
        caller.refuses("a status of the service is lost, and why is said", "Failing/Unary", '{"code":5}', 64 + 2, "HTTP 500", "the gateway answers so whatever status the service gives")
        caller.refuses("a repeated field in a query must be given", "Library/ListBooks", '{"parent":"shelves/s"}', 64 + 3, "HTTP 422", "a value for each repeated field in a query")
        caller.call("a query", "Library/ListBooks", '{"parent":"shelves/s","orderBy":["title"]}', [{"books": [{"name": "shelves/s/books/one", "title": "T", "genre": "GENRE_POEMS", "isbn": BIG, "lentTo": "ana", "cover": "AQI="}], "total": 1}])
        caller.refuses("a message in a query", "Library/ListBooks", '{"filter":{"genre":1}}', 64 + 3, "filter is a message, which this gateway does not take from a query", "sent 0")
        caller.refuses("what SSE cannot send", "Library/WatchBooks", '{"count":1}', 64 + 2, "is not JSON serializable", "call the method over gRPC")
        caller.refuses("what a WebSocket cannot send", "Library/LookUp", '{"name":"a"}', 64 + 2, "is not JSON serializable", "call the method over gRPC")
        caller.call("a server stream", "Failing/ServerStream", '{"after":2}', [{"number": 1}, {"number": 2}])
        caller.call("a client stream", "Failing/ClientStream", '{"details":["HELP"]} {}', [{"number": 2}])
        caller.call("a bidirectional stream", "Failing/Bidi", "{} {}", [{"number": 1}, {"number": 2}])
        enums = Caller(program, report, port, "--protoset", str(SET), "--style", "proto")
        enums.refuses("names of enums", "Failing/Unary", '{"details":["HELP"]}', 64 + 3, "HTTP 422", "the gateway takes enums by number", "--style gateway")
        bare = Caller(program, report, port)
        bare.call("without definitions, by its services.json alone", "Failing/Unary", "{}", [{"number": 1}])
        bare.refuses("wrong JSON", "Failing/Unary", '{"a":}', 2, "-d:1:6:")
    return report


def main():
    program, python = Program(sys.argv[1]), sys.argv[2]
    conclude(by_the_book(program, python, "proto"), by_the_book(program, python, "gateway"), as_fastapi(program, python))


main()
