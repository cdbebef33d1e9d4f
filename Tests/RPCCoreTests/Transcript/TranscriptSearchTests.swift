import RPCCore
import TestSupport
import Testing

@Suite("Searching a transcript", .timeLimit(.minutes(10)))
struct TranscriptSearchTests {
    /// Requests a millisecond apart, and a reply half a millisecond after each.
    private static func transcript(_ count: Int, limit: Int = 1_000_000) -> MemoryTranscript {
        let transcript = MemoryTranscript(limit: limit, byteLimit: 1 << 30)
        for start in stride(from: 1, through: count, by: 1000) {
            let numbers = start...min(start + 999, count)
            transcript.append(numbers.map { request($0) }, to: .sent)
            transcript.append(numbers.map { reply($0, answers: $0) }, to: .received)
        }
        return transcript
    }

    private static func request(_ number: Int) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(number), size: 10, form: .textFrame,
            body: .request(HelloRequest(name: "User \(number)", language: "en")))
    }

    private static func reply(_ number: Int, answers: Int?) -> StreamMessage {
        StreamMessage(
            number: number, time: .milliseconds(number) + .microseconds(500), size: 10, form: .textFrame,
            body: .reply(HelloReply(message: "Hello, User \(number)!", language: "en")), answers: answers)
    }

    @Test(
        "the nearest match is found in either direction, and the search goes round",
        arguments: [
            ("USER 1234", 1, true, 1234), ("user 1234 ", 1235, true, 1234), ("User 12", 13, true, 120),
            ("User 12", 12, true, 12), ("User 12", 12, false, 12), ("User 12", 11, false, 12_999),
            ("User 7", 13_000, false, 7999), ("/r 4[0-9]00 /", 1, true, 4000), ("/^User 9{4}/", 1, true, 9999),
            ("· en", 12_999, true, 12_999), ("User 13000", 1, false, 13_000),
        ])
    func find(_ text: String, _ start: Int, _ forward: Bool, _ expected: Int) async throws {
        let search = TranscriptSearch(.sent, of: Self.transcript(13_000))
        let pattern = try MessagePattern(parsing: text)
        #expect(try await search.first([pattern], from: start, forward: forward) == expected)
    }

    @Test("what is not there is looked for once, with progress", arguments: [true, false])
    func nothing(forward: Bool) async throws {
        let search = TranscriptSearch(.received, of: Self.transcript(10_000))
        var progress: [TranscriptSearch.Progress] = []
        let found = try await search.first([.text("nobody")], from: 5000, forward: forward) { progress.append($0) }
        #expect(found == nil)
        #expect(progress.last == TranscriptSearch.Progress(searched: 10_000, total: 10_000))
        #expect(progress.map(\.searched) == progress.map(\.searched).sorted())
        #expect(progress.count > 2)
    }

    @Test("all patterns must be there, and all matches are found")
    func several() async throws {
        let search = TranscriptSearch(.sent, of: Self.transcript(3000))
        let patterns = [MessagePattern.text("7"), try MessagePattern(parsing: "/00 ·/")]
        #expect(try await search.first(patterns, from: 1) == 700)
        #expect(try await search.all(.text("99 "), in: 1..<1000) == [99] + stride(from: 199, to: 1000, by: 100))
    }

    @Test("a slash is text unless there is another at the end, and no expression is a problem")
    func parsing() throws {
        #expect(try MessagePattern(parsing: "/a") == .text("/a"))
        #expect(try MessagePattern(parsing: "//") == .text("//"))
        #expect(try MessagePattern(parsing: "/a+/") == .expression(TextPattern("a+")))
        #expect(throws: TextPattern.Problem.self) { try MessagePattern(parsing: "/(/") }
    }

    @Test(
        "a time leads to the first message that is not earlier",
        arguments: [(0, 1), (1, 1), (2, 2), (1500, 1500), (3000, 3000), (3001, nil)] as [(Int, Int?)])
    func times(milliseconds: Int, number: Int?) async throws {
        let transcript = Self.transcript(3000)
        #expect(try await transcript.number(of: .sent, at: .milliseconds(milliseconds)) == number)
    }

    @Test("where the oldest are not kept, a time before them leads to the oldest that is")
    func keptTimes() async throws {
        #expect(try await Self.transcript(3000, limit: 100).number(of: .sent, at: .milliseconds(7)) == 2901)
    }

    @Test("from a reply to its request, and back")
    func pairs() async throws {
        let transcript = MemoryTranscript()
        transcript.append((1...6).map { Self.request($0) }, to: .sent)
        let answers: [Int?] = [1, 2, 4, 4, nil, 6]
        transcript.append(answers.enumerated().map { Self.reply($0 + 1, answers: $1) }, to: .received)
        for (request, reply) in [(1, 1), (2, 2), (3, nil), (4, 3), (5, nil), (6, 6)] as [(Int, Int?)] {
            #expect(try await transcript.counterpart(of: .sent, request) == reply, "request \(request)")
        }
        for (index, request) in answers.enumerated() {
            #expect(try await transcript.counterpart(of: .received, index + 1) == request)
        }
    }

    @Test("pairs follow the rule that holds, refusals among them")
    func counterpartByRule() async throws {
        let transcript = MemoryTranscript()
        transcript.append((1...3).map { Self.request($0) }, to: .sent)
        let places = [(0, 0), (1, 0), (2, 0), (2, 1), (3, 1)].map { AnswerPlace(replies: $0, refusals: $1) }
        let received = places.enumerated().map { index, place in
            StreamMessage(
                number: index + 1, time: .zero, size: 1, form: .textFrame,
                body: index == 2 ? .refusal("no") : .reply(HelloReply(message: "Hello")), place: place)
        }
        transcript.append(received, to: .received)
        var pairings = Pairings()
        pairings.apply(Pairing(ratio: 2))
        for (reply, request) in [1, 1, 2, 3, 3].enumerated() {
            #expect(try await transcript.counterpart(of: .received, reply + 1, by: pairings) == request)
        }
        for (request, reply) in [(1, 1), (2, 3), (3, 4)] {
            #expect(try await transcript.counterpart(of: .sent, request, by: pairings) == reply)
        }
        pairings.apply(Pairing(contradiction: "x"))
        #expect(try await transcript.counterpart(of: .received, 1, by: pairings) == nil)
        #expect(try await transcript.counterpart(of: .sent, 1, by: pairings) == nil)
    }

    @Test("replies that say what they answer are found in whatever order they came, the first of several")
    func counterpartByKey() async throws {
        let transcript = MemoryTranscript()
        transcript.append((1...5).map { Self.request($0) }, to: .sent)
        let answers = [4, 2, 4, nil, 1, 2]
        let received = answers.enumerated().map { index, request in
            StreamMessage(
                number: index + 1, time: .zero, size: 1, form: .textFrame, body: .reply(HelloReply(message: "Hello")),
                answers: request)
        }
        transcript.append(received, to: .received)
        var pairings = Pairings()
        pairings.apply(Pairing(correlation: Correlation(request: "id", reply: "job_id")))
        for (request, reply) in [(1, 5), (2, 2), (3, nil), (4, 1), (5, nil)] as [(Int, Int?)] {
            #expect(try await transcript.counterpart(of: .sent, request, by: pairings) == reply, "request \(request)")
        }
        for (index, request) in answers.enumerated() {
            #expect(try await transcript.counterpart(of: .received, index + 1, by: pairings) == request)
        }
    }

    @Test("a reply is found though the replies of two attempts are not in order")
    func disorder() async throws {
        let transcript = MemoryTranscript()
        transcript.append((1...4).map { Self.request($0) }, to: .sent)
        transcript.append([3, 4, 1, 2].enumerated().map { Self.reply($0 + 1, answers: $1) }, to: .received)
        for (request, reply) in [(1, 3), (2, 4), (3, 1), (4, 2)] {
            #expect(try await transcript.counterpart(of: .sent, request) == reply)
        }
    }

    @Test("a search stops when its task is cancelled")
    func cancelled() async {
        let task = Task {
            try await TranscriptSearch(.sent, of: Self.transcript(20_000)).first([.text("nobody")], from: 1) { _ in
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
