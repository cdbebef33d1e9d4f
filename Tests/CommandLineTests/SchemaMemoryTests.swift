import Foundation
import RPCCore
import TestSupport
import Testing

@Suite("What is kept of a server", .timeLimit(.minutes(10)))
struct SchemaMemoryTests {
    /// Runs with the demo server as a process of its own, which tells of its services by reflection.
    private func withServer(_ body: (_ server: String, _ stop: () async -> Void) async throws -> Void) async throws {
        let process = try Executable.start(["serve"])
        _ = await process.nextLine()
        let server = await process.nextLine()
        try await body(server) {
            process.send(SIGTERM)
            _ = await process.result()
        }
    }

    private func kept(in folder: Folder) throws -> [String] {
        let schemas = "\(folder.path)/greeter-tui/schemas"
        guard FileManager.default.fileExists(atPath: schemas) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: schemas).map { "\(schemas)/\($0)" }
    }

    @Test("it completes methods when the server is gone, and only its owner can read it")
    func completes() async throws {
        let folder = try Folder()
        let environment = ["XDG_STATE_HOME": folder.path]
        try await withServer { server, stop in
            let without = try await Executable.run(
                ["list", "--server", server, "--no-schema-cache"], environment: environment)
            #expect(without.status == 0, "\(without.errors)")
            #expect(try kept(in: folder).isEmpty)
            let list = try await Executable.run(
                ["list", "--server", server, "--header", "x-key: s3cret-value"], environment: environment)
            #expect(list.status == 0, "\(list.errors)")
            let path = try #require(try kept(in: folder).first)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).firstRange(of: Data("s3cret".utf8)) == nil)
            await stop()
            let words = ["greeter-tui", "call", "--server", server, "helloworld.Greeter/SayHelloB"]
            let completion = try await Executable.run(
                ["---completion", "call", "--", "positional@0", "4", "28"] + words, environment: environment)
            #expect(completion.output == "helloworld.Greeter/SayHelloBidiStream\n")
            #expect(completion.errors.isEmpty)
        }
    }

    @Test("a server that is not there completes nothing, soon, and says nothing")
    func nobody() async throws {
        let words = ["greeter-tui", "call", "--server", "grpc://127.0.0.1:1", "helloworld.G"]
        let completion = try await Executable.run(["---completion", "call", "--", "positional@0", "4", "12"] + words)
        #expect(completion.output.split(separator: "\n").isEmpty)
        #expect(completion.errors.isEmpty)
    }

    @Test("what has changed since is said once, by name")
    func changes() async throws {
        let folder = try Folder()
        let environment = ["XDG_STATE_HOME": folder.path]
        try await withServer { server, _ in
            func list() async throws -> Executable.Result {
                try await Executable.run(["list", "--server", server], environment: environment)
            }
            #expect(try await list().errors.isEmpty)
            #expect(try await list().errors.isEmpty)
            // As if a field had had another name when it was asked last.
            let path = URL(fileURLWithPath: try #require(try kept(in: folder).first))
            var bytes = try Data(contentsOf: path)
            let place = try #require(bytes.firstRange(of: Data("HelloRequest\u{12}".utf8)))
            let field = try #require(bytes[place.upperBound...].firstRange(of: Data("name".utf8)))
            bytes.replaceSubrange(field, with: Data("mane".utf8))
            try bytes.write(to: path)
            #expect(try await list().errors.contains("changed: helloworld.HelloRequest"))
            #expect(try await list().errors.isEmpty)
        }
    }
}
