import HTTP2Session
import NIOCore
import Testing

/// A client and a server of this module over a socket.
@Suite(.timeLimit(.minutes(10)))
struct ExchangeTests {
    /// Answers with what it gets, then trailers.
    static let echo: @Sendable (HTTP2Stream) async throws -> Void = { stream in
        stream.respond(.response)
        while let batch = try await stream.next() {
            for case .data(let bytes) in batch { try await stream.write(bytes) }
        }
        stream.finish(trailers: ["grpc-status": "0"])
    }

    @Test func whatIsSentComesBackInOrderWithTrailers() async throws {
        try await Sockets.withPair(serve: Self.echo) { connection, _ in
            let stream = connection.open(.request)
            try await stream.write(ByteBuffer(string: "one "))
            try await stream.write([ByteBuffer(string: "two "), ByteBuffer(string: "three")], ends: true)
            let received = try await stream.readAll()
            #expect(String(decoding: received.bytes, as: UTF8.self) == "one two three")
            #expect(received.head?.headers[":status"] == "200")
            #expect(received.trailers?.headers["grpc-status"] == "0")
            #expect(received.end?.name == "complete")
            #expect(received.isInOrder)
            #expect(try await stream.next() == nil)
        }
    }

    @Test func moreThanAllWindowsAndLimitsHoldPasses() async throws {
        let small = HTTP2Configuration(streamWindow: 20_000, connectionWindow: 30_000, outboundLimit: 10_000)
        try await Sockets.withPair(client: small, server: small, serve: Self.echo) { connection, _ in
            let stream = connection.open(.request)
            let total = 3_000_000
            async let sent: Void = {
                for byte in 0..<30 { try await stream.write(ByteBuffer(count: total / 30, byte: UInt8(byte))) }
                stream.finish()
            }()
            let received = try await stream.readAll()
            try await sent
            #expect(received.bytes.count == total)
            #expect(zip(received.bytes, received.bytes.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(received.end?.name == "complete")
        }
    }

    @Test func trailersOnlyIsOneBlockThatEndsTheStream() async throws {
        try await Sockets.withPair(serve: { stream in
            stream.respond([":status": "200", "grpc-status": "12"], ends: true)
            _ = try await stream.readAll()
        }) { connection, _ in
            let stream = connection.open(.request, ends: true)
            let received = try await stream.readAll()
            #expect(received.head?.endsStream == true)
            #expect(received.head?.headers["grpc-status"] == "12")
            #expect(received.trailers == nil)
            #expect(received.end?.name == "complete")
        }
    }

    @Test func streamsBeyondThePeersLimitWaitAndAllAreServed() async throws {
        let tap = HTTP2Tap(limit: 100_000)
        try await Sockets.withPair(
            server: HTTP2Configuration(maximumConcurrentStreams: 3), clientTap: tap, serve: Self.echo
        ) { connection, _ in
            try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let stream = connection.open(.request)
                        try await stream.write(ByteBuffer(string: "\(number)"), ends: true)
                        let received = try await stream.readAll()
                        guard received.bytes == Array("\(number)".utf8) else { return nil }
                        return received.end?.name
                    }
                }
                for try await name in group { #expect(name == "complete") }
            }
            let waits = tap.take().records.compactMap { record -> Int? in
                if case .streamWaits(_, let limit) = record.fact { limit } else { nil }
            }
            #expect(waits.first == 3)
        }
    }

    /// A consumer that does not come back holds back its server on its own stream's window, and nobody else.
    @Test func pausedConsumerHoldsBackItsOwnServerOnly() async throws {
        let window = 64 * 1024
        let written = Counter()
        try await Sockets.withPair(
            client: HTTP2Configuration(streamWindow: window),
            serve: { stream in
                stream.respond(.response)
                guard case .head(let head)? = try await stream.next()?.first, head.headers[":path"] == "/paused" else {
                    try await stream.write(ByteBuffer(count: 5_000_000), ends: true)
                    _ = try await stream.readAll()
                    return
                }
                while true {
                    try await stream.write(ByteBuffer(count: 10_000))
                    written.add(10_000)
                }
            }
        ) { connection, _ in
            var request = HTTP2Headers.request
            request.fields[2].value = "/paused"
            let paused = connection.open(request, ends: true)
            _ = try await paused.next()
            // Many times the window goes by on another stream.
            let other = try await connection.open(.request, ends: true).readAll()
            #expect(other.bytes.count == 5_000_000)
            let snapshot = try #require(await connection.snapshot())
            #expect(snapshot.streams.first?.receiveWindow == 0)
            #expect(written.value <= window + 2 * HTTP2Configuration().outboundLimit)
            // And it goes on when the consumer comes back.
            let more = try await paused.read(10 * window)
            #expect(more.bytes.count >= 10 * window)
            paused.reset(.cancel)
        }
    }

    @Test func serverResetsWithACode() async throws {
        try await Sockets.withPair(serve: { $0.reset(.enhanceYourCalm) }) { connection, _ in
            let stream = connection.open(.request)
            let received = try await stream.readAll()
            #expect(received.end?.name == "reset 11 by peer")
            #expect(try await stream.refusesWrites())
        }
    }

    @Test func clientThatLetsGoCancels() async throws {
        let (ends, continuation) = AsyncStream.makeStream(of: String.self)
        try await Sockets.withPair(serve: { stream in
            stream.respond(.response)
            continuation.yield(try await stream.readAll().end?.name ?? "none")
        }) { connection, _ in
            do {
                let stream = connection.open(.request)
                _ = try await stream.next()
            }
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() == "reset 8 by peer")
        }
    }

    @Test func answerBeforeTheEndOfTheRequestIsCompleteAndResetsWithNoError() async throws {
        try await Sockets.withPair(serve: { stream in
            stream.respond([":status": "200", "grpc-status": "8"], ends: true)
        }) { connection, _ in
            let stream = connection.open(.request)
            let received = try await stream.readAll()
            #expect(received.end?.name == "complete")
            #expect(try await stream.refusesWrites())
            // The connection goes on.
            #expect(try await connection.open(.request, ends: true).readAll().end?.name == "complete")
        }
    }

    @Test func goAwayLetsWhatGoesOnEndAndNothingBegin() async throws {
        try await Sockets.withPair(serve: Self.echo) { connection, served in
            let stream = connection.open(.request)
            try await stream.write(ByteBuffer(string: "before"))
            _ = try await stream.read(6)
            try #require(served.value).goAway(text: "maintenance")
            while connection.goAway == nil { try await Task.sleep(for: .milliseconds(1)) }
            #expect(connection.goAway?.text == "maintenance")
            #expect(connection.standing == .spent)
            let late = try await connection.open(.request).readAll()
            #expect(late.end?.name == "refused: GOAWAY 0 last 1 maintenance")
            try await stream.write(ByteBuffer(string: "after"), ends: true)
            let rest = try await stream.readAll()
            #expect(String(decoding: rest.bytes, as: UTF8.self) == "after")
            #expect(rest.end?.name == "complete")
            let end = try await connection.ended()
            #expect(end.goAway?.code == .noError)
        }
    }

    @Test func pingsAreMeasured() async throws {
        try await Sockets.withPair(serve: Self.echo) { connection, _ in
            for _ in 0..<3 {
                let time = try #require(try await connection.ping())
                #expect(time > .zero)
            }
        }
    }

    @Test func windowsChangeInMidStream() async throws {
        try await Sockets.withPair(
            server: HTTP2Configuration(streamWindow: 1000),
            serve: { stream in
                stream.respond(.response)
                let received = try await stream.readAll()
                try await stream.write(ByteBuffer(string: "\(received.bytes.count)"), ends: true)
            }
        ) { connection, served in
            _ = try await connection.ready()
            let stream = connection.open(.request)
            try await stream.write(ByteBuffer(count: 50_000))
            try #require(served.value).update([.initialWindowSize(7)])
            try await stream.write(ByteBuffer(count: 3_000))
            try #require(served.value).update([.initialWindowSize(100_000)])
            try await stream.write(ByteBuffer(count: 200_000), ends: true)
            #expect(try await stream.readAll().bytes == Array("253000".utf8))
        }
    }
}

/// Counts from several tasks.
final class Counter: Sendable {
    private let box = Box<Int>()
    var value: Int { box.value ?? 0 }
    func add(_ count: Int) { box.set(value + count) }
}
