"""What is checked of a row: each kind with none, one and a thousand messages, with one that is refused, and cut off in the middle."""
from program import events, messages, requests

MANY = 1000
INVALID_ARGUMENT, UNAVAILABLE = 64 + 3, 64 + 14
# Silence tells the end of a stream that the server does not end.
COMMON = ("--deadline", "2m", "--quiet-time", "500ms")


def greeting(name):
    return f"Hello, {name}!"


def processed(name):
    return f"Processed greeting for {name}"


class Calls:
    """The calls of one row to a server of one behaviour."""

    def __init__(self, program, report, behaviour, reach):
        self.program, self.report, self.behaviour, self.reach = program, report, behaviour, reach

    def run(self, kind, *names, text=None, options=()):
        return self.program.call(kind, *names, *self.reach, *COMMON, *options, text=text)

    def replies(self, what, expected, kind, *names, text=None):
        status, output, errors = self.run(kind, *names, text=text)
        found = (status, messages(output)) if status == 0 else (status, messages(output), errors)
        self.report.check(f"{kind}, {what}", found, (0, expected))

    def fails(self, what, expected, kind, *names):
        """`expected`: the status, the replies before, and words of the error."""
        status, output, errors = self.run(kind, *names)
        code, replies, words = expected
        found = (status, messages(output), words if words in errors else errors)
        self.report.check(f"{kind}, {what}", found, expected)

    # The kinds, with a name of a function each: `server-stream` is `server_stream`.

    def unary(self):
        self.fails("none", (INVALID_ARGUMENT, [], "a unary call needs a request"), "unary", "-")
        self.replies("one", [greeting("Ana")], "unary", "Ana")
        self.replies("a thousand", self.thousand, "unary", "-", text=requests(MANY))
        self.fails("refused", (INVALID_ARGUMENT, [greeting("Ana")], "Name cannot be empty"), "unary", "Ana", " ")

    def server_stream(self):
        self.replies("none", [], "server-stream", "0")
        self.replies("one", [greeting("1")], "server-stream", "1")
        self.replies("a thousand", [greeting(MANY)] * MANY, "server-stream", str(MANY))
        self.fails("refused", (INVALID_ARGUMENT, [], "Name cannot be empty"), "server-stream", " ")

    def client_stream(self):
        if self.behaviour == "guide":
            expected = [greeting("all 0")], [greeting("all 1")], [greeting(f"all {MANY}")], [greeting("all 2")]
        else:
            expected = [], [greeting("Ana")], self.thousand, [greeting("Ana"), greeting("Bob")]
        self.stream("client-stream", *expected)

    def bidi(self):
        if self.behaviour == "guide":
            expected = [], [greeting("Ana")], self.thousand, [greeting("Ana"), greeting("Bob")]
        else:
            pairs = [both for n in range(MANY) for both in (greeting(f"User {n}"), processed(f"User {n}"))]
            one = [greeting("Ana"), processed("Ana")]
            expected = [], one, pairs, one + [greeting("Bob"), processed("Bob")]
        self.stream("bidi", *expected)
        each = 1 if self.behaviour == "guide" else 2
        self.pairs("it is told which reply answers which request", each, "Alice", "Bob", "Chloe")
        self.pairs("also where one is refused", each, "Alice", " ", "Chloe")

    def pairs(self, what, each, *names):
        """`each`: how many replies a request is answered with; a refusal is one."""
        _, output, _ = self.run("bidi", *names, options=["--events"])
        replies = [reply for reply in events(output, "received") if reply["body"] != "marker_echo"]
        answers = {reply["number"]: reply.get("answers") for reply in replies}
        # What was a guess is corrected by the rules that follow.
        for rule in events(output, "paired"):
            answers.update(rule.get("pairs", []))
        found = [(answers[reply["number"]], reply["body"]) for reply in replies]
        expected = [
            pair for number, name in enumerate(names, 1)
            for pair in ([(number, "reply")] * each if name.strip() else [(number, "refusal")])]
        self.report.check(f"bidi, {what}", found, expected)

    def stream(self, kind, none, one, many, refused):
        self.replies("none", none, kind, "-")
        self.replies("one", one, kind, "Ana")
        self.replies("a thousand", many, kind, "-", text=requests(MANY))
        status, output, _ = self.run(kind, "Ana", " ", "Bob", options=["--events"])
        replies = events(output, "received")
        found = [reply.get("message") or reply.get("reason") for reply in replies if not is_echo(reply)]
        reason = "Invalid request: Name cannot be empty"
        place = found.index(reason) if reason in found else 0
        self.report.check(
            f"{kind}, refused", (status, found), (0, refused[:place] + [reason] + refused[place:]))

    @property
    def thousand(self):
        return [greeting(f"User {n}") for n in range(MANY)]

    # In the middle the server's process ends.

    def drop(self, kind):
        if kind == "unary":
            self.fails("dropped", (UNAVAILABLE, [greeting("Ana")], "UNAVAILABLE"), kind, "Ana", "drop")
        elif kind == "server-stream":
            self.fails("dropped", (UNAVAILABLE, [greeting("drop")], "UNAVAILABLE"), kind, "drop")
        else:
            replies = [] if kind == "client-stream" and self.behaviour == "guide" else [greeting("Ana")]
            self.fails("dropped", (UNAVAILABLE, replies, "UNAVAILABLE"), kind, "Ana", "drop")


def is_echo(reply):
    return "John Doe" in (reply.get("message") or "")
