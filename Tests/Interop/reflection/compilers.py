"""What becomes of .proto files, with the real buf and the real protoc."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

LIBRARY = """syntax = "proto3";
package demo.v1;
import "demo/v1/book.proto";
import "google/protobuf/timestamp.proto";
service Library { rpc GetBook(Book) returns (Book); }
"""
BOOK = """syntax = "proto3";
package demo.v1;
message Book { string title = 1; }
"""
ROUTED = """syntax = "proto3";
package demo.v1;
import "google/api/annotations.proto";
import "google/rpc/error_details.proto";
message In { google.rpc.RetryInfo retry = 1; }
service Routed { rpc Get(In) returns (In) { option (google.api.http) = { get: "/v1/x" }; } }
"""
BROKEN = """syntax = "proto3";
message A {
  strin x = 1;
}
"""
EDITION = 'edition = "2023";\npackage demo.v1;\nmessage E { string x = 1; }\n'
FILES = {"demo/v1/library.proto": LIBRARY, "demo/v1/book.proto": BOOK, "demo/v1/routed.proto": ROUTED, "broken.proto": BROKEN,
         "edition.proto": EDITION}


def run(program, folder, path, *arguments):
    """With these programs on the PATH only, beside what the system's shell needs."""
    result = subprocess.run([program, "proto", *arguments], capture_output=True, text=True, timeout=150, cwd=folder,
                            env={**os.environ, "PATH": str(path)})
    return json.loads(result.stdout) if result.returncode == 0 else {"error": result.stderr[-500:]}


def check(report, program, bin):
    """`bin` is a folder with buf and protoc in it, among others."""
    program = pathlib.Path(program).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder).resolve()
        for name in ("buf", "protoc"):
            (folder / name).mkdir()
            (folder / name / name).symlink_to(pathlib.Path(bin).resolve() / name)
        tree = folder / "tree"
        for name, text in FILES.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        (tree / ".git").mkdir()
        both = ["demo/v1/book.proto", "demo/v1/library.proto", "google/protobuf/timestamp.proto"]
        found = run(program, tree, folder / "protoc", "demo/v1/library.proto")
        report.check("protoc: a file whose folder is found out", sorted(found["files"]), both)
        report.check("protoc: a warning has its line", [note.split("library.proto:")[1] for note in found["notes"]],
                     ["4:1: warning: Import google/protobuf/timestamp.proto is unused."])
        found = run(program, folder, folder / "protoc", "demo/v1/library.proto", str(tree))
        report.check("protoc: a file below a folder that is named", sorted(found["files"]), both)
        found = run(program, tree, folder / "protoc", "demo/v1/routed.proto")
        report.check("protoc: google/api and google/rpc", (found["resolved"], found.get("error")), (["demo.v1.Routed"], None))
        found = run(program, tree, folder / "protoc", "broken.proto")
        report.check("protoc: an error has its line", "broken.proto:3:3: " in found.get("error", ""), True)
        found = run(program, tree, folder / "protoc", "edition.proto")
        report.check("protoc 30: an edition", (found["files"], found.get("error")), (["edition.proto"], None))
        old = shutil.which("protoc", path="/usr/bin")
        if old and b" 3." in subprocess.run([old, "--version"], capture_output=True).stdout:
            found = run(program, tree, "/usr/bin", "edition.proto")
            report.check("protoc 3: an edition is beyond it", found.get("error", "").splitlines()[0].endswith("does not know editions"), True)
        (tree / "buf.yaml").write_text("version: v2\n")
        (tree / "broken.proto").unlink()
        found = run(program, tree, folder / "buf", "demo/v1/library.proto")
        report.check("buf: a file of its workspace", (sorted(found["files"]), found.get("error")), (both, None))
        found = run(program, tree, folder / "buf", "edition.proto")
        report.check("buf: an edition", (found["files"], found.get("error")), (["edition.proto"], None))
        found = run(program, tree, f"{folder}/buf:{folder}/protoc", "demo/v1/routed.proto")
        report.check("buf: what it does not find of google/api, protoc does", (found["resolved"], found.get("error")),
                     (["demo.v1.Routed"], None))
        found = run(program, tree, folder / "buf", "demo/v1/routed.proto")
        report.check("buf: it says what it does not find", "imported file does not exist: google/api/annotations.proto" in found.get("error", ""), True)
        (tree / "broken.proto").write_text(BROKEN)
        found = run(program, tree, folder / "buf", "broken.proto")
        report.check("buf: an error has its line", "broken.proto:3:3: " in found.get("error", ""), True)
        report.check("buf: it is buf that says so", found.get("error", "").startswith("buf ended with "), True)
