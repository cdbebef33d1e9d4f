import Foundation
import RPCCore
import TestSupport
import Testing

@testable import Plans

@Suite("JSON Lines: the grammar")
struct JSONLinesDecoderTests {
    static let text =
        "\u{FEFF}{\"name\":\"Ana\",\"language\":\"en\"}\r\n\n  \t\r\n\u{FEFF}{\"name\":\"你\\u0041\"}\n"
        + "{\"language\":null,\"name\":\"Bob\"}"
    static let requests = [
        HelloRequest(name: "Ana", language: "en"), HelloRequest(name: "你A"), HelloRequest(name: "Bob"),
    ]

    /// Everything that is read from these pieces.
    static func read(_ pieces: [[UInt8]]) throws -> [HelloRequest] {
        var decoder = JSONLinesDecoder(place: "standard input", of: Greeter.request)
        var requests: [HelloRequest] = []
        for piece in pieces.map(Optional.some) + [nil] {
            decoder.feed(piece)
            while case .request(let request)? = try decoder.next() { requests.append(HelloRequest(request)) }
        }
        #expect(decoder.isFinished)
        return requests
    }

    @Test("byte order mark, CRLF, blank lines and a last line without an end are taken")
    func readsText() throws {
        #expect(try Self.read([Array(Self.text.utf8)]) == Self.requests)
    }

    @Test("it does not matter where the bytes are cut")
    func readsPieces() throws {
        let bytes = Array(Self.text.utf8)
        for cut in 0...bytes.count {
            #expect(try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.requests)
        }
        #expect(try Self.read(bytes.map { [$0] }) == Self.requests)
    }

    @Test("nothing, and nothing but blank lines, is no request", arguments: ["", "\n", "\r\n \n\t\n", "\u{FEFF}"])
    func readsNothing(_ text: String) throws {
        #expect(try Self.read([Array(text.utf8)]).isEmpty)
    }

    static let example = #"expected an object such as {"name":"Ana","language":"en"}"#

    static let errors: [(String, Int, String)] = [
        ("{}", 1, "has no 'name'; \(example)"),
        ("\n\r\n{\"language\":\"en\"}", 3, "has no 'name'; \(example)"),
        ("Ana", 1, "is not JSON (invalid value around character 0); \(example)"),
        (#"{"name":"Ana""#, 1, "is not JSON (unexpected end of file during JSON parse); \(example)"),
        (#"{"name":"Ana"} {"name":"Bob"}"#, 1, "is not JSON (invalid value around character 15); \(example)"),
        (#"{"name":"Ana",}"#, 1, "is not JSON; \(example)"),
        (#"{"name":"Ana","name":"Bob"}"#, 1, "has a field twice; \(example)"),
        (#"{"name":"Ana","language":null,"language":"en"}"#, 1, "has a field twice; \(example)"),
        ("[]", 1, "is an array; \(example)"),
        ("null", 1, "is null; \(example)"),
        ("\"Ana\"", 1, "is a string; \(example)"),
        ("5", 1, "is a number; \(example)"),
        ("true", 1, "is a truth value; \(example)"),
        (#"{"name":5}"#, 1, "has a number as 'name'; expected a string"),
        (#"{"name":null}"#, 1, "has null as 'name'; expected a string"),
        (#"{"name":false}"#, 1, "has a truth value as 'name'; expected a string"),
        (#"{"name":{}}"#, 1, "has an object as 'name'; expected a string"),
        (#"{"name":"A","language":[]}"#, 1, "has an array as 'language'; expected a string or null"),
        (#"{"nmae":"A"}"#, 1, "has an unknown field 'nmae'; did you mean 'name'?"),
        (#"{"name":"A","Langauge":"en"}"#, 1, "has an unknown field 'Langauge'; did you mean 'language'?"),
        (#"{"name":"A","colour":"red"}"#, 1, "has an unknown field 'colour'; the fields are 'name' and 'language'"),
    ]

    @Test("a line that is no request is named, with what was expected", arguments: errors)
    func refuses(_ text: String, _ line: Int, _ problem: String) {
        let expected = PlanError(place: "standard input, line \(line)", problem: problem)
        #expect(throws: expected) { try Self.read([Array(text.utf8)]) }
        #expect(throws: expected) { try Self.read(text.utf8.map { [$0] }) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func refusesBadUTF8() {
        let bytes = Array("{\"name\":\"A\"}\n{\"name\":\"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8)
        #expect(throws: PlanError(place: "standard input, line 2", problem: "is not UTF-8; \(Self.example)")) {
            try Self.read([bytes])
        }
    }

    @Test("a line up to the limit is taken, a longer one refused, with its end or without", arguments: [true, false])
    func limitsLines(_ hasEnd: Bool) throws {
        let line = Array(#"{"name":"\#(String(repeating: "x", count: 100))"}"#.utf8)
        let end: [UInt8] = hasEnd ? [0x0A] : []
        var decoder = JSONLinesDecoder(place: "here", of: Greeter.request, maximumLineLength: line.count)
        decoder.feed(line + end)
        decoder.feed(nil)
        #expect(try decoder.next() != nil)
        decoder = JSONLinesDecoder(place: "here", of: Greeter.request, maximumLineLength: line.count - 1)
        decoder.feed(line + end)
        let problem = "is longer than \(line.count - 1) bytes, the most that is taken"
        #expect(throws: PlanError(place: "here, line 1", problem: problem)) { try decoder.next() }
    }
}

@Suite("Standard input", .timeLimit(.minutes(10)))
struct StandardInputTests {
    private func run(_ descriptor: Int32) -> PlanRun { PlanRun(.standardInput, inputDescriptor: descriptor) }

    /// A pipe, both ends of which are closed when it goes.
    final class Pipe: Sendable {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        deinit {
            close(reading)
            close(writing)
        }

        func write(_ text: String) {
            #expect(Foundation.write(writing, text, text.utf8.count) == text.utf8.count)
        }
    }

    @Test("requests are handed over as they arrive, and the end of the input is the end of the stream")
    func readsAsItArrives() async throws {
        let pipe = try Pipe()
        let plan = run(pipe.reading)
        #expect(!plan.isRepeatable)
        #expect(plan.count == nil)
        var source = plan.makeSource(clock: SystemClock())
        pipe.write("{\"name\":\"A\"}\n{\"name\":\"B\"}\n{\"na")
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["A", "B"])
        pipe.write("me\":\"C\"}\n")
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["C"])
        let file = try TemporaryFile("{\"name\":\"A\"}\n{\"name\":\"B\"}")
        source = run(file.descriptor).makeSource(clock: SystemClock())
        #expect(try await source.next(atMost: 1)?.map(\.name) == ["A"])
        #expect(try await source.next(atMost: 1)?.map(\.name) == ["B"])
        #expect(try await source.next(atMost: 1) == nil)
    }

    @Test("a long input is read through, in order")
    func readsLongInput() async throws {
        let file = try TemporaryFile((1...100_000).map { "{\"name\":\"User \($0)\"}\n" }.joined())
        var source = run(file.descriptor).makeSource(clock: SystemClock())
        var count = 0
        while let batch = try await source.next(atMost: 256) {
            #expect(batch.count <= 256)
            for request in batch {
                count += 1
                try #require(request.name == "User \(count)")
            }
        }
        #expect(count == 100_000)
    }

    @Test("what comes before a bad line is handed over first, and the error stays")
    func handsOverWhatIsGood() async throws {
        let file = try TemporaryFile("{\"name\":\"A\"}\n{\"name\":\"B\"}\nnonsense\n{\"name\":\"C\"}\n")
        var source = run(file.descriptor).makeSource(clock: SystemClock())
        #expect(try await source.next(atMost: 10)?.map(\.name) == ["A", "B"])
        for _ in 1...2 {
            let error = await #expect(throws: PlanError.self) { try await source.next(atMost: 10) }
            #expect(error?.place == "standard input, line 3")
        }
    }

    @Test("waiting for input ends when the task is cancelled")
    func stopsWaiting() async throws {
        let pipe = try Pipe()
        let reader = run(pipe.reading)
        let task = Task {
            var source = reader.makeSource(clock: SystemClock())
            return try await source.next(atMost: 1)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a second run is refused, and so is what cannot be read")
    func refusesSecondRun() async throws {
        let file = try TemporaryFile("{\"name\":\"A\"}")
        let plan = run(file.descriptor)
        var first = plan.makeSource(clock: SystemClock())
        #expect(try await first.next(atMost: 1)?.count == 1)
        var second = plan.makeSource(clock: SystemClock())
        let problem = "can be read only once; save it to a file to send it again"
        await #expect(throws: PlanError(place: "standard input", problem: problem)) { try await second.next(atMost: 1) }
        let directory = open("/", O_RDONLY)
        defer { close(directory) }
        var source = run(directory).makeSource(clock: SystemClock())
        let error = await #expect(throws: PlanError.self) { try await source.next(atMost: 1) }
        #expect(error?.description == "standard input: cannot be read: \(String(cString: strerror(EISDIR)))")
    }
}

/// A file that goes away with its last user.
final class TemporaryFile: Sendable {
    let descriptor: Int32

    init(_ text: String) throws {
        let path = NSTemporaryDirectory() + "greeter-\(UUID().uuidString).jsonl"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        descriptor = open(path, O_RDONLY)
        unlink(path)
    }

    deinit {
        close(descriptor)
    }
}
