import HTTP2Session
import NIOCore
import RawFrames
import Testing

/// Servers that do what few do, by the bytes that they send. All waits must end, with the right name.
@Suite(.timeLimit(.minutes(10)))
struct HardPeerTests {
    @Test func goAwayInMidStreamRefusesWhatIsBeyondAndLetsTheRestEnd() async throws {
        try await ScriptedPeer.run { connection, peer in
            let streams = (0..<3).map { _ in connection.open(.request, ends: true) }
            for _ in 0..<3 { _ = try await peer.next(.headers) }
            try await peer.send(.goAway(last: 3, code: 0, "bye"))
            #expect(try await streams[2].readAll().end?.name == "refused: GOAWAY 0 last 3 bye")
            // The second has a lower last stream: what is beyond it was not processed either.
            try await peer.send(.goAway(last: 1, code: 11, "too_many_pings"))
            #expect(try await streams[1].readAll().end?.name == "refused: GOAWAY 11 last 1 too_many_pings")
            try await peer.send(.headers([(":status", "200")], ends: true))
            #expect(try await streams[0].readAll().end?.name == "complete")
            let end = try await connection.ended()
            let goAway = try #require(end.goAway)
            #expect(goAway.code == .enhanceYourCalm && goAway.lastStreamID == 1 && goAway.text == "too_many_pings")
        }
    }

    @Test(arguments: [1, 2, 8, 11, 0xFF] as [UInt32])
    func resetHasItsCode(code: UInt32) async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200")]), .data([1, 2, 3]), .reset(code))
            let received = try await stream.readAll()
            #expect(received.bytes == [1, 2, 3])
            #expect(received.end?.name == "reset \(code) by peer")
        }
    }

    @Test func refusedStreamWasNotProcessed() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.reset(7))
            let received = try await stream.readAll()
            #expect(received.end?.name == "refused: reset")
        }
    }

    /// So gRPC asks for (PROTOCOL-HTTP2.md, EOS).
    @Test func finishingAtOnceWithoutBytesIsAnEmptyFrame() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request, waitsForBytes: true)
            stream.finish()
            let head = try await peer.next(.headers)
            #expect(!head.endsStream)
            let frame = try await peer.next(.data)
            #expect(frame.payload.isEmpty && frame.endsStream)
            let short = connection.open(.request, ends: true)
            #expect(try await peer.next(.headers).endsStream)
            short.reset(.cancel)
        }
    }

    /// A half-close that comes when nothing else does is a frame of its own.
    @Test func finishingLaterWithoutBytesEndsTheStream() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            let head = try await peer.next(.headers)
            #expect(!head.endsStream)
            _ = try await connection.pingAnswered(by: peer)
            stream.finish()
            let frame = try await peer.next(.data)
            #expect(frame.payload.isEmpty && frame.endsStream)
            try await peer.send(.headers([(":status", "200")], ends: true))
            #expect(try await stream.readAll().end?.name == "complete")
        }
    }

    @Test func earlyAnswerAndResetWithNoErrorIsComplete() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "200"), ("grpc-status", "8")], ends: true), .reset(0))
            let received = try await stream.readAll()
            #expect(received.end?.name == "complete")
            #expect(try await stream.refusesWrites())
        }
    }

    @Test func closingRightAfterTheTrailersLosesNothing() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request, ends: true)
            let other = connection.open(.request, ends: true)
            for _ in 0..<2 { _ = try await peer.next(.headers) }
            try await peer.send(
                .headers([(":status", "200")]), .data([1]), .headers([("grpc-status", "0")], ends: true))
            try await peer.close()
            let received = try await stream.readAll()
            #expect(received.trailers?.headers["grpc-status"] == "0")
            #expect(received.end?.name == "complete")
            #expect(try await other.readAll().end?.name.hasPrefix("connection lost: ") == true)
            #expect(try await connection.open(.request).readAll().end?.name == "refused: not sent")
        }
    }

    @Test func framesInFlightAfterOurResetAreIgnored() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            stream.reset(.cancel)
            #expect(try await peer.next(.reset).number == 8)
            // The block adds to the table of HPACK, from which the next stream's block takes (RFC 7541, 6.2.1).
            var indexed = RawFrame(.headers, flags: 4, stream: 1, [0x88, 0x40] + [1] + "x".utf8 + [1] + "y".utf8)
            try await peer.send(indexed, .data([UInt8](repeating: 0, count: 5000)), .reset(0))
            let next = connection.open(.request, ends: true)
            _ = try await peer.next { $0.kind == .headers && $0.stream == 3 }
            indexed = RawFrame(.headers, flags: 5, stream: 3, [0x88, 0xBE])
            try await peer.send(indexed)
            let received = try await next.readAll()
            #expect(received.head?.headers["x"] == "y")
            #expect(received.end?.name == "complete")
            #expect(try await stream.readAll().end?.name == "reset 8 by local")
            let snapshot = try #require(await connection.snapshot())
            #expect(snapshot.streams.isEmpty)
        }
    }

    /// SETTINGS that come late are waited for: they may allow one stream only.
    @Test func oneStreamAtATimeWhereThePeerSaysSo() async throws {
        try await ScriptedPeer.run(settings: nil) { connection, peer in
            let streams = (0..<3).map { _ in connection.open(.request, ends: true) }
            try await peer.send(.settings((3, 1)))
            #expect(try await connection.ready() == nil)
            for (index, stream) in streams.enumerated() {
                let id = try await peer.next(.headers).stream
                #expect(id == UInt32(2 * index + 1))
                let snapshot = try #require(await connection.snapshot())
                #expect(snapshot.waiting == 2 - index)
                #expect(snapshot.streamLimit == 1)
                try await peer.send(.headers([(":status", "200")], stream: id, ends: true))
                #expect(try await stream.readAll().end?.name == "complete")
            }
        }
    }

    @Test func waitingStreamThatIsCancelledIsNeverSent() async throws {
        try await ScriptedPeer.run(settings: .settings((3, 1))) { connection, peer in
            let first = connection.open(.request, ends: true)
            _ = try await peer.next(.headers)
            let second = connection.open(.request, ends: true)
            second.reset(.cancel)
            #expect(try await second.readAll().end?.name == "reset 8 by local")
            let third = connection.open(.request, ends: true)
            try await peer.send(.headers([(":status", "200")], ends: true))
            #expect(try await peer.next(.headers).stream == 3)
            #expect(try await first.readAll().end?.name == "complete")
            third.reset(.cancel)
        }
    }

    @Test func interimResponsesAreToldAndBounded() async throws {
        try await ScriptedPeer.run { connection, peer in
            let stream = connection.open(.request)
            _ = try await peer.next(.headers)
            try await peer.send(.headers([(":status", "103")]), .headers([(":status", "200")], ends: true))
            let received = try await stream.readAll()
            #expect(received.interims == 1)
            #expect(received.head?.headers[":status"] == "200")

            let flooded = connection.open(.request)
            _ = try await peer.next { $0.kind == .headers && $0.stream == 3 }
            for _ in 0..<20 { try await peer.send(.headers([(":status", "100")], stream: 3)) }
            #expect(try await flooded.readAll().end?.name == "violation 11")
        }
    }

    @Test func silenceOfTheConnectionEndsEverythingWaiting() async throws {
        try await ScriptedPeer.run(settings: nil) { connection, peer in
            let stream = connection.open(.request)
            async let pinged = connection.ping()
            async let ready = connection.ready()
            try await peer.close()
            #expect(try await stream.readAll().end?.name == "refused: not sent")
            #expect(try await pinged == nil)
            #expect(try await ready != nil)
            #expect(await connection.snapshot() == nil)
        }
    }

    @Test func answerOfHTTP1IsToldAsWhatItIs() async throws {
        try await ScriptedPeer.run(settings: nil) { connection, peer in
            try await peer.send(bytes: Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8))
            let end = try await connection.ended()
            guard case .notHTTP2(let bytes) = end.reason else {
                _ = Issue.record("\(end.reason)")
                return
            }
            #expect(bytes.starts(with: "HTTP/1.1 400".utf8))
        }
    }
}
