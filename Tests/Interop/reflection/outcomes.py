"""What is to be learned from each server: which services have their files, how many files there are or which, what is said of the
answers, what is said of the files (`finds`), and which methods can be called."""
TARGET = ["problem.v1.Target"]
METHODS = ["problem.v1.Target/Say", "problem.v1.Target/Chat"]

# The files come, nothing is to be said, and all methods can be called.
SOUND = {"resolved": TARGET, "files": ["problem.proto"], "usable": METHODS}


def found(*finds, usable=()):
    """The files come, and something is wrong in them."""
    return {"resolved": TARGET, "files": ["problem.proto"], "finds": finds, "usable": list(usable)}


def lost(*says, **more):
    """The server is not understood at all."""
    return {"resolved": [], "says": says, **more}


def without(*says):
    """The service is told with its reason."""
    return {"services": 1, "resolved": [], "files": 0, "says": says}


BOTH = {"resolved": ["demo.v1.Library", "demo.v2.Telemetry"],
        "files": ["base.proto", "one.proto", "google/protobuf/timestamp.proto", "two.proto"]}

OUTCOMES = {
    # Sound servers.
    "official": {**BOTH, "version": "v1alpha"},
    "v1": {**BOTH, "version": "v1"},
    "v1alpha": {**BOTH, "version": "v1alpha"},
    "none": lost("the server has no reflection: it knows neither grpc.reflection.v1 nor v1alpha", "--proto FILE", code="UNIMPLEMENTED"),
    "metadata": {**BOTH, "headers": ["key:open"]},

    # Answers that are missing or wrong.
    "missing-import": {**found("problem.v1.Note.lost: type .lost.Thing is not defined"), "says": ["problem.proto imports lost/types.proto, which the server does not have (NOT_FOUND); try: --proto lost/types.proto -I DIR"]},
    "missing-unused-import": {**SOUND, "says": ["problem.proto imports lost/types.proto, which the server does not have (NOT_FOUND)"]},
    "missing-google": {"resolved": TARGET, "files": ["google/protobuf/timestamp.proto", "google/api/http.proto", "google/protobuf/descriptor.proto", "google/api/annotations.proto", "problem.proto"]},
    "not-found": without("file_containing_symbol problem.v1.Target: the server answered NOT_FOUND"),
    "empty": {"services": 0, "resolved": [], "files": 0},
    "empty-answer": without("file_containing_symbol problem.v1.Target: the server gave no file"),
    "wrong-file": without("file_containing_symbol problem.v1.Target: the server gave other.proto, which does not declare it"),
    "without-symbol": without("file_containing_symbol problem.v1.Target: the server gave problem.proto, which does not declare it"),
    "only-asked": {"resolved": TARGET, "files": ["c.proto", "b.proto", "a.proto"]},
    "reversed-order": {"resolved": TARGET, "files": ["c.proto", "b.proto", "a.proto"]},
    "public-import": {"resolved": TARGET, "files": ["c.proto", "b.proto", "a.proto"]},
    "cyclic": {"resolved": TARGET, "files": ["b.proto", "a.proto"]},
    "self-import": SOUND,
    "endless-imports": {"resolved": TARGET, "files": 4096, "says": ["which was not asked for: the server has given 4096 files, and no more are taken"], "within": 40},
    "duplicate-symbol": {**found("problem.v1.Note: it is declared twice", usable=METHODS), "files": ["b.proto", "a.proto"]},
    "duplicate-in-file": found("problem.v1.Note: it is declared twice", usable=METHODS),
    "changing-file": SOUND,
    "no-package": {"resolved": ["Target"], "files": ["bare.proto"]},

    # Names.
    "bad-file-name": {"resolved": TARGET, "files": 2},
    "bad-text": found("Other: the name is none that can be used", "text: the name is none that can be used"),
    "evil-names": {"services": 6, "resolved": TARGET, "says": ["the name is none that a service can have"], "usable": [],
                   "finds": ["problem.v1.Target.../../etc/passwd: the name is none that can be used", "problem.v1.Target.Say\r\nX-Evil: 1: the name"]},
    "many-services": {"services": 10001, "says": ["file_containing_symbol problem.v1.S00000: the server gave problem.proto, which does not declare it"], "files": 1, "within": 30},
    "same-service-twice": SOUND,

    # Sizes.
    "huge": {**SOUND, "usable": [*METHODS, "problem.v1.Target/Walk"], "within": 20},
    "many-files": {"resolved": TARGET, "files": 1001, "within": 30},
    "many-values": {**SOUND, "usable": [*METHODS, "problem.v1.Target/Wide"]},
    "deep": found("types are declared more than 32 deep", usable=METHODS),
    "oversized": without("file_containing_symbol problem.v1.Target: the server's message has ", "and 16777216 are accepted"),

    # Descriptors that are wrong inside.
    "garbage": without("file_containing_symbol problem.v1.Target: a file of descriptors cannot be read"),
    "truncated": without("file_containing_symbol problem.v1.Target: a file of descriptors cannot be read: truncated"),
    "dangling-type": found("problem.v1.Note.x: type .nobody.Knows is not defined", "problem.v1.Target.Bad: .nobody.In is not defined"),
    "enum-as-message": found("problem.v1.Note.e: problem.v1.E is of another kind than the field says"),
    "bad-numbers": found("problem.v1.Note.a: 0 is no number of a field", "problem.v1.Note.g: number 7 is given twice"),
    "bad-oneof": found("problem.v1.Note.a: there is no oneof 7", "problem.v1.Note.b: there is no oneof -1"),
    "bad-enum": found("problem.v1.Nothing: an enum needs a value"),
    "unknown-syntax": found("problem.proto: syntax 'proto4' is not known"),
    "unknown-edition": found("problem.proto: edition 3333 is not known"),
    "bad-map": found("problem.v1.Note.AEntry: it is marked as the entry of a map, and is none", usable=METHODS),
    "bad-defaults": found("problem.v1.Note.a: the default '12abc' is none that it can have", "problem.v1.Note.d: the default", "problem.v1.Note.e: the default '-1'", usable=METHODS),
    "json-clash": found("problem.v1.Note.a_b: its name in JSON, aB, is that of aB, too", "problem.v1.Note.c: its name in JSON, d, is that of d, too", usable=METHODS),
    **{name: SOUND for name in ("relative-types", "untyped-fields", "without-json-names", "wrong-kinds")},

    # Conduct.
    "silent": lost("the server did not answer list_services within 5s", code="DEADLINE_EXCEEDED", within=15),
    "slow": {**SOUND, "within": 25},
    "dies": SOUND,
    "denied": lost("reflection asks for credentials: the server answered PERMISSION_DENIED: no reflection for you", "--reflect-header", code="PERMISSION_DENIED"),
    "once": SOUND,
    "twice": SOUND,
    "other-answer": lost("the server does not list its services: the server answered another question (all_extension_numbers_response)"),
    "broken-answer": lost("the server does not list its services: the answer is no message of reflection"),
}
