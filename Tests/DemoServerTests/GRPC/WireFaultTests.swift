import DemoServer
import HTTP2Session
import NIOCore
import Testing

@Suite("Faults of the wire", .timeLimit(.minutes(10)))
struct WireFaultTests {
    @Test("goaway=CODE refuses one call, and ends its connection", arguments: [0, 11] as [UInt32])
    func goAway(_ code: UInt32) async throws {
        try await withServer(configuration(["goaway=\(code),call=2"])) { server in
            try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
                let greeted = try await probe.call("SayHello", [Message.naming("Ana")])
                #expect(greeted.status == "0")
                let answer = try await probe.call("SayHelloBidiStream", [Message.naming("Ana")])
                #expect(answer.head == nil)
                let text = code == 11 ? "too_many_pings" : "as ordered"
                #expect(answer.ending == "refused: GOAWAY \(code) after 1: \(text)")
                _ = try await probe.connection.ended()
            }
            // The others are served.
            try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
                let greeted = try await probe.call("SayHello", [Message.naming("Ana")])
                #expect(greeted.status == "0")
            }
        }
    }

    @Test("goaway=0 lets older calls end")
    func goAwayInOrder() async throws {
        try await withProbe(["goaway=0,call=2"]) { probe in
            let older = probe.open("SayHelloClientStream")
            _ = try await older.next()
            _ = try await probe.call("SayHello", [Message.naming("Ana")])
            try await older.write(ByteBuffer(bytes: Message.naming("Bob")), ends: true)
            let answer = try await Answer(of: older)
            #expect(answer.status == "0")
            #expect(try answer.greetings == ["Hello, Bob! (1 request)"])
            _ = try await probe.connection.ended()
        }
    }

    @Test("rst=CODE resets a stream after its first request, which is answered; reset=CODE is the same")
    func reset() async throws {
        for order in ["rst=8", "reset=8"] {
            try await withProbe([order]) { probe in
                let stream = probe.open("SayHelloBidiStream")
                try await stream.write(ByteBuffer(bytes: Message.naming("Ana") + Message.naming("Bob")))
                let answer = try await Answer(of: stream)
                #expect(try answer.greetings == ["Hello, Ana!"])
                #expect(answer.ending == "reset 8 by peer")
                // The connection goes on.
                #expect(try await probe.connection.ping() != nil)
            }
        }
    }

    @Test("window=N is what a client may send ahead on a stream", arguments: [0, 1, 7, 100_000])
    func window(_ size: Int) async throws {
        try await withProbe(["window=\(size)"]) { probe in
            if size > 0 {
                let answer = try await probe.call("SayHelloBidiStream", [Message.naming("Ana"), Message.naming("Bob")])
                #expect(try answer.greetings == ["Hello, Ana!", "Hello, Bob!"])
            }
            let settings = probe.facts().compactMap { fact -> [HTTP2Setting]? in
                guard case .settings(let settings)? = fact.arrival?.content, !settings.isEmpty else { return nil }
                return settings
            }
            #expect(size == 0 || settings.first?.contains(.initialWindowSize(UInt32(size))) == true)
            let stream = probe.open("SayHelloClientStream")
            try await stream.write(ByteBuffer(repeating: 0, count: 1))
            if size == 0 {
                try await probe.wait { if case .stallBegan(_, .streamWindow, 1) = $0 { true } else { false } }
            }
            stream.reset(.cancel)
        }
    }

    @Test("ping-flood sends PINGs without end, and calls are served all the same")
    func pingFlood() async throws {
        try await withProbe(["ping-flood"]) { probe in
            var (count, answers) = (0, 0)
            while count < 3000 {
                let answer = try await probe.call("SayHello", [Message.naming("Ana")])
                try #require(answer.status == "0")
                answers += 1
                let heads = probe.facts().compactMap { $0.arrival?.head }
                count += heads.count { $0.type == 6 && $0.flags == 0 }
            }
            #expect(answers > 0)
        }
    }

    @Test("ping-flood waits for a client that does not read")
    func pingFloodOfADeafClient() async throws {
        try await withServer(configuration(["ping-flood"])) { server in
            let connection = try RawConnection(to: server.grpcAddress)
            try await connection.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
            // What the sockets hold is flooded, and then there is silence: the server serves others as ever.
            try await GRPCProbe.run(to: server.grpcAddress.port) { probe in
                for _ in 0..<10 {
                    let greeted = try await probe.call("SayHello", [Message.naming("Ana")])
                    #expect(greeted.status == "0")
                }
            }
            withExtendedLifetime(connection) {}
        }
    }

    @Test("late-headers: nothing comes before the half-close, and then everything")
    func lateHeaders() async throws {
        try await withProbe(["late-headers"]) { probe in
            let stream = probe.open("SayHelloBidiStream")
            try await stream.write(ByteBuffer(bytes: Message.naming("Ana")))
            // Its answer would have come by now: it comes behind that of a call that began later.
            let later = try await probe.call("SayHello", [Message.naming("Bob")])
            #expect(later.status == "0")
            _ = try await probe.connection.ping()
            let heads = probe.facts().compactMap { $0.arrival?.head }
            #expect(!heads.contains { $0.type == 1 && $0.stream == 1 })
            stream.finish()
            let answer = try await Answer(of: stream)
            #expect(try answer.greetings == ["Hello, Ana!"])
            #expect(answer.status == "0")
        }
    }

    @Test("late-headers holds only so much: a long conversation is answered in mid-stream")
    func lateHeadersOfMuch() async throws {
        try await withProbe(["late-headers"]) { probe in
            let stream = probe.open("SayHelloBidiStream")
            let writing = Task {
                let batch = ByteBuffer(bytes: (0..<1000).flatMap { _ in Message.naming("Ana") })
                while true { try await stream.write(batch) }
            }
            let first = try #require(try await stream.next()?.first)
            if case .head = first {} else { Issue.record("no header block, but \(first)") }
            writing.cancel()
            stream.reset(.cancel)
        }
    }

    @Test("bad-trailers: the status is no number, in trailers and in an answer of one block")
    func badTrailers() async throws {
        try await withProbe(["bad-trailers"]) { probe in
            let answer = try await probe.call("SayHello", [Message.naming("Ana")])
            #expect(try answer.greetings == ["Hello, Ana!"])
            #expect(answer.status == "as ordered")
            let refusal = try await probe.call("SayGoodbye", [])
            #expect(refusal.isTrailersOnly && refusal.status == "as ordered")
        }
    }

    @Test("big-metadata=N: the answer begins with so many bytes of metadata", arguments: [1, 8000, 8001, 1_000_000])
    func bigMetadata(_ size: Int) async throws {
        try await withProbe(["big-metadata=\(size)"]) { probe in
            let answer = try await probe.call("SayHello", [Message.naming("Ana")])
            let fields = try #require(answer.head).headers.fields.filter { $0.name.hasPrefix("x-padding-") }
            #expect(fields.reduce(0) { $0 + $1.value.utf8.count } == size)
            #expect(answer.status == "0")
        }
    }

    @Test("several work together")
    func several() async throws {
        try await withProbe(["window=1", "ping-flood", "late-headers", "bad-trailers", "big-metadata=9000"]) { probe in
            let answer = try await probe.call("SayHelloBidiStream", [Message.naming("Ana"), Message.naming("Bob")])
            #expect(try answer.greetings == ["Hello, Ana!", "Hello, Bob!"])
            #expect(answer.status == "as ordered")
        }
    }

    private func configuration(_ orders: [String]) throws -> DemoServerConfiguration {
        DemoServerConfiguration(faults: try DemoFaults(parsing: orders))
    }
}
