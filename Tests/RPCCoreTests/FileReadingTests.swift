import Foundation
import TestSupport
import Testing

@testable import RPCCore

@Suite("Reading a file that a user names", .timeLimit(.minutes(10)))
struct FileReadingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(["file": "abc", "long": "abcdefgh"])
    }

    private func problem(_ path: String, from source: FileReading.Source = .file) -> String? {
        #expect(throws: FileReadingError.self) {
            try FileReading.contents(of: path, limit: 4, from: source, timeout: .milliseconds(10))
        }?.problem
    }

    private func makePipe() throws -> String {
        let path = folder.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        return path
    }

    @Test("takes a regular file and the null device, and refuses without waiting what is none")
    func regularFiles() throws {
        #expect(try FileReading.contents(of: folder.path + "/file", limit: 4) == Array("abc".utf8))
        #expect(try FileReading.contents(of: "/dev/null", limit: 4) == [])
        #expect(problem(try makePipe()) == "is a pipe, and only a regular file is read here")
        #expect(problem("/dev/zero") == "is a device, and only a regular file is read here")
        #expect(problem(folder.path) == "cannot be read: Is a directory")
        #expect(problem(folder.path + "/long") == "is longer than 4 bytes")
        #expect(problem(folder.path + "/none") == "cannot be read: No such file or directory")
    }

    @Test("takes what a pipe gives where a stream is meant, however slowly it is written")
    func pipes() async throws {
        let path = try makePipe()
        async let bytes = Task.detached {
            try FileReading.contents(of: path, limit: 4, from: .stream, timeout: .seconds(60))
        }.value
        let writer = await Task.detached { open(path, O_WRONLY) }.value
        #expect(write(writer, "a", 1) == 1)
        try await Task.sleep(for: .milliseconds(20))
        #expect(write(writer, "bc", 2) == 2)
        close(writer)
        #expect(try await bytes == Array("abc".utf8))
    }

    @Test("gives up a pipe that nobody writes to, and one that gives too much")
    func silentPipes() async throws {
        let path = try makePipe()
        #expect(problem(path, from: .stream) == "is a pipe that nobody writes to")
        #expect(problem("/dev/zero", from: .stream) == "is longer than 4 bytes")
        #expect(problem(folder.path, from: .stream) == "cannot be read: Is a directory")
    }

    @Test("opens a pipe for records without waiting for its writer, and a cancelled call does not wait for one")
    func records() async throws {
        let path = try makePipe()
        let reader = DescriptorReader(descriptor: try FileReading.open(path, as: .stream), closesDescriptor: true)
        let reading = Task { try await reader.read() }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
    }
}
