"""What is to be learned from each server: which services have their files, how many files there are or which, and what is said.

A problem within descriptors is not the client's: it hands over all that it was given."""
TARGET = ["problem.v1.Target"]

# The files come, and nothing is to be said: what is in them is judged by who reads them.
SOUND = {"resolved": TARGET, "files": ["problem.proto"]}


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
    "missing-import": {**SOUND, "says": ["problem.proto imports lost/types.proto, which the server does not have (NOT_FOUND); try: --proto lost/types.proto -I DIR"]},
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
    "duplicate-symbol": {"resolved": TARGET, "files": ["b.proto", "a.proto"]},
    "duplicate-in-file": SOUND,
    "changing-file": SOUND,
    "no-package": {"resolved": ["Target"], "files": ["bare.proto"]},

    # Names.
    "bad-file-name": {"resolved": TARGET, "files": 2},
    "bad-text": SOUND,
    "evil-names": {"services": 6, "resolved": ["problem.v1.Target"], "says": ["the name is none that a service can have"]},
    "many-services": {"services": 10001, "says": ["file_containing_symbol problem.v1.S00000: the server gave problem.proto, which does not declare it"], "files": 1, "within": 30},
    "same-service-twice": SOUND,

    # Sizes.
    "huge": SOUND,
    "many-files": {"resolved": TARGET, "files": 1001, "within": 30},
    "many-values": SOUND,
    "deep": SOUND,
    "oversized": without("file_containing_symbol problem.v1.Target: the server's message has ", "and 16777216 are accepted"),

    # Descriptors that are wrong inside.
    "garbage": without("file_containing_symbol problem.v1.Target: a file of descriptors cannot be read"),
    "truncated": without("file_containing_symbol problem.v1.Target: a file of descriptors cannot be read: truncated"),
    **{name: SOUND for name in (
        "dangling-type", "relative-types", "untyped-fields", "enum-as-message", "bad-numbers", "bad-oneof", "bad-map", "bad-enum",
        "bad-defaults", "json-clash", "without-json-names", "unknown-syntax", "unknown-edition", "wrong-kinds")},

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
