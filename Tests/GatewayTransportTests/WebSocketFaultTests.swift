import GatewayTransport
import RPCCore
import TestSupport
import Testing

/// A server that breaks off, or breaks the rules, in the middle of a call.
@Suite("Faults of a WebSocket server", .timeLimit(.minutes(10)))
struct WebSocketFaultTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var code: StatusCode = .internal
        var origin = CallError.Origin.receive
        var closeCode: Int
        var cause: String

        var testDescription: String { name }
    }

    static let quoted = String(repeating: "x", count: 200)

    static let faults = [
        Fault(
            name: "masked frame", bytes: serverFrame([0x7B], mask: true), closeCode: 1002,
            cause: "the server sent a masked frame (RFC 6455, 5.1)"),
        Fault(
            name: "reserved bit", bytes: [0xC1, 0], closeCode: 1002,
            cause: "the server set reserved bits of a frame without an extension (RFC 6455, 5.2)"),
        Fault(
            name: "unknown opcode", bytes: [0x83, 0], closeCode: 1002,
            cause: "the server sent a frame with the unknown opcode 3 (RFC 6455, 5.2)"),
        Fault(
            name: "fragmented ping", bytes: [0x09, 0], closeCode: 1002,
            cause: "the server sent a fragmented control frame (RFC 6455, 5.5)"),
        Fault(
            name: "oversize ping", bytes: serverFrame(Array(repeating: 0, count: 126), first: 0x89), closeCode: 1002,
            cause: "the server sent a control frame of 126 bytes, more than 125 (RFC 6455, 5.5)"),
        Fault(
            name: "oversize message", bytes: serverFrame(Array(repeating: 0x20, count: 1001)), code: .resourceExhausted,
            origin: .decode,
            closeCode: 1009, cause: "the server sent a message of 1001 bytes or more; the limit is 1000"),
        Fault(
            name: "invalid UTF-8", bytes: serverFrame([0xC3, 0x28]), origin: .decode, closeCode: 1007,
            cause: "the server sent a text message that is not UTF-8 (RFC 6455, 8.1), at offset 0 of 2 bytes: [c3] 28"),
        Fault(
            name: "binary", bytes: serverFrame([1, 2, 3], first: 0x82), origin: .decode, closeCode: 1003,
            cause: "the server sent a binary message of 3 bytes; the dialect is text only"),
        Fault(
            name: "malformed JSON", bytes: serverFrame(String(repeating: "x", count: 300)), origin: .decode,
            closeCode: 1007,
            cause: "a message is no reply: malformed JSON (no value where one must be at byte 0) in \"\(quoted)…\""),
        Fault(
            name: "wrong type", bytes: serverFrame(#"{"message":5}"#), origin: .decode, closeCode: 1007,
            cause: #"a message is no reply: the field 'message' has the wrong type in "{"message":5}""#),
        Fault(
            name: "fatal error", bytes: serverFrame(Wire.error("boom")), code: .unknown, origin: .server,
            closeCode: 1000,
            cause: "the server reported an error: \"boom\""),
    ]

    @Test(
        "A fault ends the call after the replies before it, names the rule, and is told to the server",
        arguments: [CallKind.clientStream, .bidirectional], faults)
    func fault(kind: CallKind, given: Fault) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.write(serverFrame(Wire.response("a")) + given.bytes)
            var frame = try await peer.readFrame()
            while !frame.isClose { frame = try await peer.readFrame() }
            #expect(frame.closeCode == given.closeCode)
        } _: { server in
            let call = await perform(
                Call(kind, PausingPlan(names: ["Ana", "Bo"])), at: server,
                configuration: configuration { $0.maximumMessageSize = 1000 })
            #expect(call.received == ["a"])
            #expect(call.error?.cause == given.cause)
            #expect(call.error?.code == given.code)
            #expect(call.error?.origin == given.origin)
            // Only what the server says is no matter of doubt.
            let refused = given.origin == .server ? 1 : 0
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 1, refused: refused, received: 1))
        }
    }

    static let closeCodes: [UInt16?] = [nil] + Array(1000...1003) + Array(1007...1014) + [3000, 3003, 3008, 4000]

    @Test("A CLOSE without complete is an error whatever its code, and is echoed", arguments: closeCodes)
    func closedEarly(code: UInt16?) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("a"))
            try await peer.sendClose(code, code == nil ? "" : "because")
            let answer = try await peer.readFrame().closeCode
            #expect(answer == code.map(Int.init) ?? 1000)
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.error?.code == StatusMappingTable.expected[code])
            #expect(call.error?.origin == .server)
            #expect(call.error?.cause.contains(code.map(String.init) ?? "no code") == true)
            #expect(call.error?.cause.contains("because") == (code != nil))
            #expect(call.log.events.contains { if case .serverFinished = $0 { true } else { false } })
        }
    }

    @Test("A CLOSE after complete is a good end whatever its code", arguments: closeCodes)
    func closedAfterComplete(code: UInt16?) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("a"), Wire.complete)
            try await peer.sendClose(code)
            try await peer.drain()
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.error == nil)
            #expect(call.outcome.rule == "the server said complete and closed (\(code.map(String.init) ?? "no code"))")
        }
    }

    static let wrongCloses: [(payload: [UInt8], closeCode: Int, cause: String)] =
        [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map { (code: UInt16) in
            (
                [UInt8(code >> 8), UInt8(code & 0xFF)], 1002,
                "the server closed with the code \(code), which no CLOSE frame may have (RFC 6455, 7.4)"
            )
        } + [
            ([3], 1002, "the server sent a CLOSE frame with half a code (RFC 6455, 5.5.1)"),
            (
                [0x03, 0xE8, 0x61, 0xC3, 0x28], 1007,
                "the server closed with a reason that is not UTF-8 (RFC 6455, 5.5.1)"
            ),
        ]

    @Test(
        "A CLOSE that must not be sent is a fault, after complete too, and is told to the server",
        arguments: wrongCloses, [false, true])
    func closedWrongly(given: (payload: [UInt8], closeCode: Int, cause: String), isComplete: Bool) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("a"))
            if isComplete { try await peer.send(Wire.complete) }
            try await peer.write(serverFrame(given.payload, first: 0x88))
            let answer = try await peer.readFrame()
            #expect(answer.closeCode == given.closeCode)
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.received == ["a"])
            #expect(call.error?.code == .internal)
            #expect(call.error?.cause == given.cause)
        }
    }

    enum Drop: CaseIterable, Sendable { case end, reset, insideHeader, insidePayload, insideMessage }

    @Test(
        "A connection that ends without CLOSE is an error that says how much was delivered", arguments: Drop.allCases,
        [0, 2])
    func dropped(drop: Drop, replies: Int) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            for _ in 0..<3 { _ = try await peer.readFrame() }
            for _ in 0..<replies { try await peer.send(Wire.response("a")) }
            switch drop {
            case .end: break
            case .reset: try await peer.reset()
            case .insideHeader: try await peer.write([0x81])
            case .insidePayload: try await peer.write([0x81, 50, 0x7B])
            case .insideMessage: try await peer.write(serverFrame("{", first: 0x01))
            }
        } _: { server in
            let call = await perform(Call(.bidirectional, PausingPlan(names: ["a", "b", "c"])), at: server)
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .receive)
            #expect(call.error?.cause.hasPrefix("connection closed by the server without a CLOSE frame") == true)
            let isInside = drop != .end && drop != .reset
            #expect(call.error?.cause.hasSuffix("in the middle of a message") == isInside)
            // A reset may overtake what was sent before it.
            if drop != .reset {
                // Of the replies only the first is proven to answer its request.
                let delivery = Delivery(sent: 3, answered: min(1, replies), likely: replies, received: replies)
                #expect(call.outcome.delivery == delivery)
            }
            #expect(call.error?.isSafeToRetry == false)
        }
    }

    @Test("After complete, the end of the connection without CLOSE is no error")
    func droppedAfterComplete() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readRequests()
            try await peer.send(Wire.response("a"), Wire.complete)
        } _: { server in
            let call = await perform(.clientStream, at: server)
            #expect(call.error == nil)
            #expect(
                call.outcome.rule
                    == "the server said complete; the connection closed by the server without a CLOSE frame")
        }
    }

    @Test("When writing breaks, the error that the server sent before is still heard")
    func lastWords() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.send(Wire.error("too many"))
            try await peer.sendClose(1000)
        } _: { server in
            let call = await perform(Call(.bidirectional, EndlessPlan()), at: server)
            #expect(call.error?.cause == "the server reported an error: \"too many\"")
            #expect(call.error?.origin == .server)
        }
    }
}

/// The close codes and what they mean.
enum StatusMappingTable {
    static let expected = Dictionary(uniqueKeysWithValues: StatusTable.closes.map { ($0.given, $0.code) })
}
