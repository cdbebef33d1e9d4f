import Foundation
import RPCCore
import TestSupport
import Testing

@testable import UserConfiguration

/// Makes a file for the time of a test.
func withFile(_ bytes: [UInt8], _ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "greeter-configuration-\(UUID().uuidString)"
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}

func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "greeter-configuration-\(UUID().uuidString)"
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

@Suite("The token", .timeLimit(.minutes(10)))
struct TokenReaderTests {
    private static let origin = Origin.flag("--there")

    private func token(
        _ source: TokenSource?, environment: [String: String] = [:], clock: any CallClock = SystemClock()
    ) async throws -> String? {
        try await TokenReader(environment: environment, clock: clock)
            .token(of: TokenSetting(source), from: Self.origin)?.reveal()
    }

    private func problem(_ source: TokenSource, clock: any CallClock = SystemClock()) async -> String? {
        let error = await #expect(throws: ConfigurationError.self) {
            try await token(source, environment: ["ODD": "s3cret with spaces", "EMPTY": " "], clock: clock)
        }
        return error?.description
    }

    @Test("comes from a variable, a file or a command, without the white space around it")
    func sources() async throws {
        #expect(try await token(nil) == nil)
        #expect(try await token(.variable("T"), environment: ["T": " abc\n"]) == "abc")
        try await withFile(Array("abc\n".utf8)) { path async throws in
            #expect(try await token(.file(path)) == "abc")
        }
        #expect(try await token(.command("printf 'a%s\\n' bc; echo noise >&2")) == "abc")
    }

    @Test("of a command has nothing on its standard input")
    func commandInput() async throws {
        #expect(try await token(.command("cat; echo abc")) == "abc")
    }

    static let problems: [(TokenSource, String)] = [
        (.variable("MISSING"), "the variable MISSING is not set"),
        (.variable("EMPTY"), "EMPTY: there is no token in it"),
        (.variable("ODD"), "ODD: a token holds printable ASCII characters only, and no spaces"),
        (.file("/nowhere"), "/nowhere: cannot be read: No such file or directory"),
        (.file("/dev/zero"), "/dev/zero: is a device, and only a regular file is read here"),
        (.command("true"), "the token command: there is no token in it"),
        (
            .command("echo s3cret; echo s3cret >&2; exit 3"),
            "the token command failed with status 3; run it by hand to see what it says"
        ),
        (.command("kill -9 $$"), "the token command failed with status 137; run it by hand to see what it says"),
        (
            .command("yes s3cret"),
            "the token command writes more than 65536 bytes; run it by hand to see what it says"
        ),
        (
            .command("echo s3cret s3cret"),
            "the token command: a token holds printable ASCII characters only, and no spaces"
        ),
    ]

    @Test("that cannot be had is told without anything of it", arguments: problems)
    func isRefused(source: TokenSource, expected: String) async {
        let problem = await problem(source)
        #expect(problem == "--there: \(expected)")
        #expect(problem?.contains("s3cret") == false)
    }

    @Test("of a command that goes on is given up after the limit, and the command is ended")
    func commandLimit() async throws {
        let clock = ManualClock()
        try await withFile([]) { path async throws in
            async let problem = problem(.command("echo $$ > \(path); exec sleep 1000"), clock: clock)
            var identifier: pid_t?
            while identifier == nil || clock.sleeperCount == 0 {
                identifier = (try? String(contentsOfFile: path, encoding: .utf8))
                    .flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
                await Task.yield()
            }
            clock.advance(by: TokenReader.commandLimit)
            #expect(
                await problem == "--there: the token command took longer than 30s; run it by hand to see what it says")
            let running = try #require(identifier)
            while kill(running, 0) == 0 { await Task.yield() }
        }
    }

    /// A pipe with a name that every process of a command holds open: it ends when the last of them has ended.
    private struct HeldPipe {
        let path = NSTemporaryDirectory() + "greeter-command-\(UUID().uuidString)"
        let descriptor: Int32

        init() throws {
            try #require(mkfifo(path, 0o600) == 0)
            descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            try #require(descriptor >= 0)
        }

        /// Waits for a line.
        func line() async -> String {
            var bytes = [UInt8](repeating: 0, count: 100)
            while true {
                let count = read(descriptor, &bytes, bytes.count)
                if count > 0 {
                    return String(decoding: bytes.prefix(count), as: UTF8.self).trimmingCharacters(in: .newlines)
                }
                await Task.yield()
            }
        }

        /// Waits until nobody holds it.
        func ended() async {
            var byte: UInt8 = 0
            while read(descriptor, &byte, 1) != 0 { await Task.yield() }
        }

        func close() {
            Foundation.close(descriptor)
            unlink(path)
        }
    }

    @Test(
        "of a command that is given up or cancelled leaves no process, its children's neither",
        arguments: [true, false])
    func wholeGroup(isCancelled: Bool) async throws {
        let (clock, pipe) = (ManualClock(), try HeldPipe())
        defer { pipe.close() }
        let command = "exec 9>\(pipe.path); (sleep 1000 & sleep 1000 & wait) & sleep 1000 & echo ready >&9; wait"
        let reading = Task { try await token(.command(command), clock: clock) }
        #expect(await pipe.line() == "ready")
        while clock.sleeperCount == 0 { await Task.yield() }
        if isCancelled { reading.cancel() } else { clock.advance(by: TokenReader.commandLimit) }
        await #expect(throws: ConfigurationError.self) { try await reading.value }
        await pipe.ended()
    }

    @Test("of a command that has started something else for good leaves that alone")
    func agent() async throws {
        let pipe = try HeldPipe()
        defer { pipe.close() }
        #expect(try await token(.command("exec 9>\(pipe.path); sleep 1000 & echo $! >&9; echo abc")) == "abc")
        let agent = try #require(pid_t(await pipe.line()))
        #expect(kill(agent, SIGKILL) == 0)
        await pipe.ended()
    }

    @Test("of a setting is not in what the setting shows")
    func shows() {
        #expect(TokenSetting(.command("echo s3cret")).settingText == "the output of a command")
        #expect(TokenSetting(.variable("T")).settingText == "the variable T")
    }
}
