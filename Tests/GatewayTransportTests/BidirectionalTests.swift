import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Bidirectional stream", .timeLimit(.minutes(10)))
struct BidirectionalTests {
    @Test("With a server that honours the marker, replies come while sending, then complete and CLOSE")
    func honoursMarker() async throws {
        try await withServer { peer, _ in
            #expect(try await peer.acceptWebSocket().line == "GET /v1/helloworld/ws HTTP/1.1")
            while true {
                let frame = try await peer.readFrame()
                #expect(frame.isMasked)
                if frame.isEndMarker { break }
                try await peer.send(Wire.response("Hello!"))
            }
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.bidirectional, ["Ana", "Bo", "Cy"], at: server)
            #expect(call.error == nil)
            #expect(call.log.answers == [1, 2, 3])
            #expect(call.outcome.delivery == Delivery(sent: 3, answered: 3, received: 3))
            #expect(call.outcome.rule == "the server said complete and closed (1000)")
            #expect(call.outcome.result == nil)
        }
    }

    @Test("With a server that greets the marker and never closes, silence ends the call and no echo is an answer")
    func greetsMarker() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            while true {
                let frame = try await peer.readFrame()
                if frame.isClose { return #expect(frame.closeCode == 1000) }
                let name = frame.isEndMarker ? "John Doe" : "Ana"
                try await peer.send(Wire.response("Hello, \(name)!"), Wire.response("Processed greeting for \(name)"))
            }
        } _: { server in
            let call = try await performUntilQuiet(
                Call(.bidirectional, PlanRun(names: ["Ana", "Ana"]), options: CallOptions(deadline: nil)),
                at: server
            ) { $0.receivedCount == 6 }
            #expect(call.error == nil)
            #expect(call.outcome.rule == "quiet for 50 s after the end marker")
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 2, received: 4))
            #expect(
                call.received.suffix(2) == [
                    "(end marker) Hello, John Doe!", "(end marker) Processed greeting for John Doe",
                ])
            #expect(call.log.notices == ["this server sends 2 replies for each request"])
        }
    }

    /// What a server says once it has read two requests and the end marker, and what is made of it.
    struct LastWords: Sendable {
        var perRequest: Int
        var said: [String]
        /// What ends the call: the server, or silence.
        var closes = false
        var received: [String]
        var answers: [Int?]
        var notices: [String] = []
    }

    static let lastWords = [
        LastWords(
            perRequest: 1, said: ["a", "b", "Hello, Guest!"], received: ["a", "b", "(end marker) Hello, Guest!"],
            answers: [1, 2, nil]),
        LastWords(
            perRequest: 2, said: ["a", "a'", "b", "b'", "Hello, Guest!", "Welcome, Guest!"],
            received: ["a", "a'", "b", "b'", "(end marker) Hello, Guest!", "(end marker) Welcome, Guest!"],
            answers: [1, 1, 2, 2, nil, nil], notices: ["this server sends 2 replies for each request"]),
        LastWords(
            perRequest: 1, said: ["a", "b", "Goodbye!"], closes: true, received: ["a", "b", "Goodbye!"],
            answers: [1, 2, nil]),
    ]

    @Test(
        "A reply after the last answer is held back until it shows whether it greets the marker", arguments: lastWords)
    func lastReply(_ given: LastWords) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            let words = given.said.map { Wire.response($0) } + (given.closes ? [Wire.complete] : [])
            try await peer.write(words.flatMap { serverFrame($0) })
            if given.closes { try await peer.sendClose(1000) }
            while try await !peer.readFrame().isClose {}
        } _: { server in
            let known = 2 * given.perRequest
            let call = try await performUntilQuiet(
                Call(.bidirectional, PlanRun(names: ["Ana", "Bo"]), options: CallOptions(deadline: nil)),
                at: server
            ) { $0.receivedCount >= known }
            #expect(call.error == nil)
            #expect(call.received == given.received)
            #expect(call.log.answers == given.answers)
            #expect(call.log.notices == given.notices)
        }
    }

    @Test("What is held back is not lost when the server breaks off")
    func heldAtTheEnd() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("a"), Wire.response("b"))
        } _: { server in
            let call = await perform(.bidirectional, ["Ana"], at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.received == ["a", "b"])
            #expect(call.log.answers == [1, 1])
            #expect(call.outcome.delivery == Delivery(sent: 1, answered: 1, received: 2))
        }
    }

    @Test("What is held back is not lost when the call is cancelled")
    func heldWhenCancelled() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.write(serverFrame(Wire.response("a")) + serverFrame(Wire.response("b")))
            try await peer.drain()
        } _: { server in
            let log = EventLog()
            let task = Task { await perform(.bidirectional, ["Ana"], at: server, log: log) }
            await log.wait { $0.receivedCount == 1 }
            task.cancel()
            let call = await task.value
            #expect(call.error?.code == .cancelled)
            #expect(call.received == ["a", "b"])
        }
    }

    @Test("A refusal answers its request, and the call goes on")
    func refusal() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            let requests = try await peer.readRequests()
            #expect(requests.count == 2)
            try await peer.send(Wire.error("Invalid request: no name"), Wire.response("Hello!"), Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.bidirectional, ["", "Bo"], at: server)
            #expect(call.error == nil)
            #expect(
                call.log.received.map(\.body) == [
                    .refusal("Invalid request: no name"), .reply(HelloReply(message: "Hello!", language: "en")),
                ])
            #expect(call.log.answers == [1, 2])
        }
    }

    @Test("Pings are answered, pongs passed over, and fragments put together around them")
    func control() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            let response = Array(Wire.response("Hello!").utf8)
            try await peer.write(
                serverFrame(Array(response.prefix(10)), first: 0x01) + serverFrame([1, 2, 3], first: 0x89)
                    + serverFrame([], first: 0x8A) + serverFrame(Array(response.dropFirst(10)), first: 0x80))
            let pong = try await peer.readFrame()
            #expect(pong == Peer.Frame(first: 0x8A, payload: [1, 2, 3], isMasked: true))
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.bidirectional, at: server)
            #expect(call.error == nil)
            #expect(call.received == ["Hello!"])
        }
    }

    @Test("The server may end the call while we are sending")
    func earlyEnd() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.send(Wire.response("Enough!"), Wire.complete)
            try await peer.sendClose(1000)
            try await peer.drain()
        } _: { server in
            let call = await perform(Call(.bidirectional, PausingPlan(names: ["Ana"])), at: server)
            #expect(call.error == nil)
            #expect(call.outcome.rule == "the server said complete and closed (1000)")
            #expect(!call.log.events.contains { if case .halfClosed = $0 { true } else { false } })
        }
    }

    @Test("The end is told as configured", arguments: EndOfStreamSignal.allCases)
    func endOfStream(signal: EndOfStreamSignal) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.send(Wire.response("Hello!"))
            let end = try await peer.readFrame()
            switch signal {
            case .marker:
                #expect(end.isEndMarker)
                try await peer.send(Wire.complete)
                try await peer.sendClose(1000)
            case .close:
                #expect(end.closeCode == 1000)
                try await peer.sendClose(1000)
            case .nothing: #expect(end.closeCode == 1000)
            }
        } _: { server in
            let call = try await performUntilQuiet(
                Call(.bidirectional, PlanRun(names: ["Ana"]), options: CallOptions(deadline: nil)), at: server,
                configuration: configuration { $0.endOfStream = signal }
            ) { $0.receivedCount == 1 && $0.isHalfClosed && (signal == .nothing || $0.isServerFinished) }
            #expect(call.error == nil)
            let rules: [EndOfStreamSignal: String] = [
                .marker: "the server said complete and closed (1000)", .close: "the server closed the stream (1000)",
                .nothing: "quiet for 50 s after the last request",
            ]
            #expect(call.outcome.rule == rules[signal])
        }
    }

    @Test("A server that does not answer CLOSE holds nobody up")
    func noCloseAnswer() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("Hello!"), Wire.complete)
            try await peer.idle()
        } _: { server in
            let call = try await performUntilQuiet(
                Call(.bidirectional, PlanRun(names: ["Ana"]), options: CallOptions(deadline: nil)), at: server
            ) { $0.receivedCount == 1 }
            #expect(call.error == nil)
            #expect(call.outcome.rule == "quiet for 50 s after the end marker")
        }
    }

    @Test("A plan that fails lets the replies to what was sent come in, then ends the call without the marker")
    func planFails() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            for _ in 0..<2 { _ = try await peer.readFrame() }
            try await peer.send(Wire.response("a"), Wire.response("b"))
            let end = try await peer.readFrame()
            #expect(end.closeCode == 1001)
        } _: { server in
            let call = await perform(Call(.bidirectional, FailingPlan(names: ["a", "b"])), at: server)
            #expect(call.error?.code == .invalidArgument)
            #expect(call.error?.origin == .plan)
            #expect(call.error?.cause == "names.jsonl:2: expected an object")
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 1, likely: 2, received: 2))
        }
    }

    @Test("Messages of an unknown type are told once and passed over")
    func unknownType() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(#"{"type":"progress"}"#, #"{"type":"progress"}"#, Wire.response("a"), Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(.bidirectional, at: server)
            #expect(call.received == ["a"])
            #expect(call.log.notices == ["messages of the unknown type \"progress\" are ignored"])
        }
    }
}
