import HTTP2Session
import NIOCore
import RawFrames
import Testing

/// Servers that break the rules, by the bytes that they send: each is named, and what goes wrong with a stream only leaves the
/// connection as it is.
@Suite(.timeLimit(.minutes(10)))
struct MalformedTests {
    /// What a malformed answer does to the stream (RFC 9113, 8.1.1).
    @Test(arguments: [
        ("capitals", [RawFrame.headers([(":status", "200"), ("X-Name", "value")])]),
        ("control characters in a value", [RawFrame.headers([(":status", "200"), ("name", "a\u{1}b")])]),
        ("a space in a name", [RawFrame.headers([(":status", "200"), ("na me", "value")])]),
        ("no status", [RawFrame.headers([("name", "value")])]),
        ("a pseudo field of requests", [RawFrame.headers([(":status", "200"), (":path", "/")])]),
        ("a pseudo field behind others", [RawFrame.headers([("name", "value"), (":status", "200")])]),
        ("a field of HTTP/1.1", [RawFrame.headers([(":status", "200"), ("connection", "close")])]),
        ("two heads", [RawFrame.headers([(":status", "200")]), RawFrame.headers([("name", "value")])]),
        (
            "a length that is not kept",
            [
                RawFrame.headers([(":status", "200"), ("content-length", "5")]), RawFrame.data([1, 2], ends: true),
            ]
        ),
    ])
    func malformedAnswerEndsTheStreamOnly(what: String, frames: [RawFrame]) async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            for frame in frames { try await peer.send(frame) }
            let received = try await stream.readAll()
            guard case .violation(let violation)? = received.end else {
                _ = Issue.record("\(what): \(received.end?.name ?? "none")")
                return
            }
            #expect(violation.code == .protocolError)
            #expect(!violation.text.isEmpty)
            #expect(try await peer.next(.reset).number == 1)
            // The connection goes on.
            let next = connection.open(.request, ends: true)
            let id = try await peer.next(.headers).stream
            try await peer.send(.headers([(":status", "200")], stream: id, ends: true))
            #expect(try await next.readAll().end?.name == "complete")
        }
    }

    /// What ends the connection (RFC 9113, 5.4.1), with the code that this side answers.
    @Test(
        arguments: [
            ("padding longer than the frame", [RawFrame(.data, flags: 8, stream: 1, [9, 1])], 1),
            ("a RST_STREAM of five bytes", [RawFrame(.reset, stream: 1, [0, 0, 0, 0, 0])], 6),
            ("a PING of seven bytes", [RawFrame(.ping, [UInt8](repeating: 0, count: 7))], 6),
            ("SETTINGS of five bytes", [RawFrame(.settings, [0, 4, 0, 0, 0])], 6),
            ("a window of more than 2^31-1", [RawFrame.settings((4, 0x8000_0000))], 3),
            ("a WINDOW_UPDATE of nothing", [RawFrame.windowUpdate(0, stream: 0)], 1),
            (
                "a block that is no HPACK",
                [RawFrame(.headers, flags: 4, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])], 9
            ),
            ("a stream that nobody has opened", [RawFrame.data([1], stream: 7)], 1),
            ("data before the head", [RawFrame.data([1])], 1),
            (
                "a push that was ruled out",
                [.settingsAcknowledgement, RawFrame(.pushPromise, flags: 4, stream: 1, [0, 0, 0, 2, 0x82])], 1
            ),
            (
                "another frame inside a block",
                [
                    RawFrame.headers([(":status", "200")], isWhole: false),
                    RawFrame(.ping, [UInt8](repeating: 0, count: 8)),
                ], 1
            ),
            ("a frame longer than allowed", [RawFrame(.data, stream: 1, [UInt8](repeating: 0, count: 16_385))], 6),
        ] as [(String, [RawFrame], UInt32)])
    func brokenFrameEndsTheConnection(what: String, frames: [RawFrame], code: UInt32) async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            for frame in frames { try await peer.send(frame) }
            let received = try await stream.readAll()
            guard case .connectionLost(let end)? = received.end, case .violation(let violation) = end.reason else {
                _ = Issue.record("\(what): \(received.end?.name ?? "none")")
                return
            }
            #expect(violation.code.rawValue == code, "\(what): \(violation)")
            #expect(try await peer.next(.goAway).code == code)
        }
    }

    @Test func frameOfAnUnknownTypeIsIgnored() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            var unknown = RawFrame(.data, stream: 1, [1, 2, 3])
            unknown.type = 0xFA
            try await peer.send(unknown, .headers([(":status", "200")], ends: true))
            let received = try await stream.readAll()
            #expect(received.end?.name == "complete")
        }
    }

    @Test func headersOverTheLimitAreNamedWithBothSizesAndTheConnectionGoesOn() async throws {
        try await ScriptedPeer.run(client: HTTP2Configuration(maximumHeaderListSize: 1000)) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            let big = String(repeating: "v", count: 300)
            try await peer.send(.headers([(":status", "200")] + (0..<5).map { ("name-\($0)", big) }))
            let received = try await stream.readAll()
            // :status and 200, and five names of six bytes with their values, each with 32 bytes more.
            let size = 7 + 3 + 32 + 5 * (6 + 300 + 32)
            #expect(received.end?.name == "headers of \(size) over 1000")
            #expect(try await peer.next(.reset).number == 8)
            let next = connection.open(.request, ends: true)
            let id = try await peer.next(.headers).stream
            try await peer.send(.headers([(":status", "200")], stream: id, ends: true))
            #expect(try await next.readAll().end?.name == "complete")
        }
    }

    @Test func largeHeadersWithinTheLimitCome() async throws {
        try await ScriptedPeer.run(client: HTTP2Configuration(maximumHeaderListSize: 1 << 20)) { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            // The library takes no more than 65,536 bytes in one value.
            let value = String(repeating: "v", count: 60_000)
            let block = RawFrame.block([(":status", "200")] + (0..<7).map { ("big-\($0)", value) })
            var frames = [RawFrame(.headers, flags: 1, stream: 1, Array(block.prefix(16_384)))]
            var rest = block.dropFirst(16_384)
            while !rest.isEmpty {
                frames.append(
                    RawFrame(.continuation, flags: rest.count <= 16_384 ? 4 : 0, stream: 1, Array(rest.prefix(16_384))))
                rest = rest.dropFirst(16_384)
            }
            try await peer.send(bytes: frames.flatMap(\.bytes))
            let received = try await stream.readAll()
            #expect(received.end?.name == "complete")
            #expect(received.head?.headers.fields.filter { $0.value == value }.count == 7)
            #expect(received.head?.encodedSize == block.count)
        }
    }
}
