import Foundation
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import SchemaSources

/// With protoc where it is there; what buf does is tried with the real one by `scripts/interop reflection`.
@Suite("Compilers of .proto files", .timeLimit(.minutes(5)))
struct ProtoCompilerTests {
    static let protoc = ExecutablePath.find("protoc", in: ProcessInfo.processInfo.environment)

    private static let library = """
        syntax = "proto3";
        package demo.v1;
        import "google/api/annotations.proto";
        import "google/rpc/status.proto";
        import "demo/v1/book.proto";
        // Keeps books.
        service Library {
          rpc GetBook(Book) returns (google.rpc.Status) { option (google.api.http) = { get: "/v1/{title}" }; }
        }
        """
    private static let book = """
        syntax = "proto3";
        package demo.v1;
        message Book { string title = 1; }
        """

    @Test("files are compiled with what they import, their folder found out or named", .enabled(if: protoc != nil))
    func compiles() async throws {
        let folder = try tree(["demo/v1/library.proto": Self.library, "demo/v1/book.proto": Self.book])
        let compiler = ProtoCompiler(environment: ProcessInfo.processInfo.environment, directory: folder.path)
        let names = [
            "google/protobuf/descriptor.proto", "google/api/http.proto", "google/api/annotations.proto",
            "google/protobuf/any.proto", "google/rpc/status.proto", "demo/v1/book.proto", "demo/v1/library.proto",
        ]
        for imports in [[], ["."]] {
            let schema = try await compiler.compile(["demo/v1/library.proto"], imports: imports)
            #expect(Set(schema.files.map(\.name)) == Set(names))
            #expect(schema.services == [.init("demo.v1.Library")])
            #expect(schema.notes.isEmpty)
            let library = try #require(schema.files.last)
            let text = String(decoding: library.bytes, as: UTF8.self)
            #expect(text.contains(" Keeps books."))
        }
        // By the name by which it is imported, from elsewhere.
        let elsewhere = ProtoCompiler(environment: ProcessInfo.processInfo.environment, directory: "/")
        let schema = try await elsewhere.compile(["demo/v1/library.proto"], imports: [folder.path])
        #expect(schema.files.count == names.count)
    }

    @Test("errors are told by line and column", .enabled(if: protoc != nil))
    func errors() async throws {
        let folder = try tree([
            "a.proto": "syntax = \"proto3\";\nmessage A { strin x = 1; }\nmessage B {\n  int32 = 2;\n}\n"
        ])
        let failure = await #expect(throws: CompilerFailure.self) {
            try await ProtoCompiler(environment: ProcessInfo.processInfo.environment, directory: folder.path).compile([
                "a.proto"
            ])
        }
        let problem = try #require(failure?.problems.first)
        #expect(problem.file == "a.proto" && problem.line == 4 && problem.column == 9)
        #expect(failure?.message.hasPrefix("protoc ended with ") == true)
    }

    @Test("a file that is not there is told as such", .enabled(if: protoc != nil))
    func absent() async throws {
        let folder = try tree([:])
        let failure = await #expect(throws: CompilerFailure.self) {
            try await ProtoCompiler(environment: ProcessInfo.processInfo.environment, directory: folder.path).compile(
                ["none.proto"], imports: ["."])
        }
        #expect(failure?.description.contains("none.proto") == true)
    }

    @Test("a protoc that is too old for editions says which it is")
    func editions() async throws {
        let folder = try tree(["a.proto": "edition = \"2023\";\nmessage A {}\n"])
        let bin = try fake(
            "protoc",
            """
            [ "$1" = --version ] && { echo libprotoc 3.21.12; exit; }
            echo 'a.proto:1:1: Expected top-level statement (e.g. "message").' >&2; exit 1
            """)
        let failure = await #expect(throws: CompilerFailure.self) {
            try await ProtoCompiler(environment: ["PATH": bin.path], directory: folder.path).compile(["a.proto"])
        }
        #expect(failure?.message == "protoc 3.21.12 does not know editions")
        #expect(failure?.advice == "use protoc 27 or later, or buf")
    }

    @Test("without a compiler there are words")
    func none() async {
        let failure = await #expect(throws: CompilerFailure.self) {
            try await ProtoCompiler(environment: ["PATH": "/nowhere"], directory: "/").compile(["a.proto"])
        }
        #expect(failure?.message.contains("neither protoc nor") == true)
        #expect(failure?.advice?.contains("--protoset") == true)
    }

    @Test("a compiler that does not end is ended, with all that it has started")
    func late() async throws {
        let bin = try fake("protoc", "sleep 1000 & echo $! > \"$(dirname \"$0\")/child\"; wait")
        let clock = ManualClock()
        let task = Task {
            try await ProtoCompiler(environment: ["PATH": bin.path], directory: bin.path, clock: clock)
                .compile(["a.proto"], imports: ["."])
        }
        while (try? String(contentsOfFile: bin.path + "/child", encoding: .utf8))?.hasSuffix("\n") != true {
            try await Task.sleep(for: .milliseconds(5))
        }
        clock.advance(by: .seconds(30))
        let failure = await #expect(throws: CompilerFailure.self) { try await task.value }
        #expect(failure?.message == "protoc took longer than 30s")
        let child = try #require(
            pid_t(String(contentsOfFile: bin.path + "/child", encoding: .utf8).dropLast()))
        // Where nobody reaps it, it is a zombie, which is no more than its number.
        while kill(child, 0) == 0, !isZombie(child) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("a workspace of buf is built by buf, from its outermost folder")
    func workspace() async throws {
        let folder = try tree(["buf.work.yaml": "", "a/buf.yaml": "", "a/x.proto": Self.book])
        let bin = try fake("buf", "echo \"$@\" > \"$(dirname \"$0\")/arguments\"; exit 3")
        _ = await #expect(throws: CompilerFailure.self) {
            try await ProtoCompiler(environment: ["PATH": bin.path], directory: folder.path).compile(["a/x.proto"])
        }
        let arguments = try String(contentsOfFile: bin.path + "/arguments", encoding: .utf8)
        #expect(
            arguments.hasPrefix("build \(folder.path) --error-format json --path \(folder.path)/a/x.proto -o "))
    }

    @Test("what compilers say is read by line")
    func problems() {
        #expect(
            CompilerProblem.protoc(
                "a/b.proto:3:14: \"X\" is not defined.\nb.proto: File not found.\nc.proto:1:2: warning: unused\nwhat")
                == [
                    CompilerProblem(file: "a/b.proto", line: 3, column: 14, message: "\"X\" is not defined."),
                    CompilerProblem(file: "b.proto", message: "File not found."),
                    CompilerProblem(file: "c.proto", line: 1, column: 2, message: "unused", isWarning: true),
                    CompilerProblem(message: "what"),
                ])
        let json =
            #"{"path":"a.proto","start_line":3,"start_column":2,"end_line":3,"end_column":9,"type":"COMPILE","message":"m"}"#
        #expect(
            CompilerProblem.buf(json + "\nFailure: x", in: "/") == [
                CompilerProblem(file: "a.proto", line: 3, column: 2, message: "m"),
                CompilerProblem(message: "Failure: x"),
            ])
        #expect("\(CompilerProblem.protoc("a.proto:1:2: warning: w")[0])" == "a.proto:1:2: warning: w")
    }

    private func isZombie(_ process: pid_t) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z ") == true
    }

    /// A folder with files in folders.
    private func tree(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder([".git": ""])
        for (name, text) in files {
            let url = URL(fileURLWithPath: "\(folder.path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        return folder
    }

    /// A folder with a program, written in the language of the shell.
    private func fake(_ name: String, _ script: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder([name: "#!/bin/sh\n\(script)\n"])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/\(name)")
        return folder
    }
}
