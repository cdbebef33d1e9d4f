import GatewayTransport
import RPCCore
import TestSupport
import Testing

@Suite("Keep-alive of WebSockets", .timeLimit(.minutes(10)))
struct KeepAliveTests {
    static let call = Call(.bidirectional, PausingPlan(names: ["Ana"]), options: CallOptions(deadline: nil))
    static let watched = configuration { $0.keepAlive = .seconds(10) }

    /// Waits until a task sleeps, which on these calls only the one does that watches over the connection.
    static func sleeps(on clock: ManualClock) async {
        while clock.sleeperCount != 1, !Task.isCancelled { await Task.yield() }
    }

    /// Waits until something is told. No ping is sent while a batch is being handed over, which this test may just have met: where
    /// nothing comes for long, the next interval has another.
    private func wait(
        for log: EventLog, on clock: ManualClock, until condition: @escaping @Sendable ([CallEvent]) -> Bool
    ) async {
        let nudge = Task {
            while (try? await Task.sleep(for: .seconds(5))) != nil, !condition(log.events) {
                clock.advance(by: .seconds(10))
            }
        }
        await log.wait(until: condition)
        nudge.cancel()
    }

    @Test("A server that answers no ping and says nothing else is given up, and no sooner")
    func silent() async throws {
        let clock = ManualClock()
        let log = EventLog()
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            let ping = try await peer.readFrame()
            #expect(ping.first == 0x89)
            #expect(ping.payload == [0, 0, 0, 0, 0, 0, 0, 1])
            #expect(ping.isMasked)
            let close = try await peer.readFrame()
            #expect(close.closeCode == 1001)
            try await peer.idle()
        } _: { server in
            async let observed = perform(
                Self.call, at: server, configuration: Self.watched, clock: clock, log: log)
            await log.wait { $0.isSent }
            await Self.sleeps(on: clock)
            clock.advance(by: .seconds(10))
            await Self.sleeps(on: clock)
            clock.advance(by: .milliseconds(4999))
            #expect(clock.sleeperCount == 1)
            #expect(log.outcomes.isEmpty)
            clock.advance(by: .milliseconds(1))
            // The answer to our CLOSE is waited for on the same clock.
            await Self.sleeps(on: clock)
            clock.advance(by: .seconds(1))
            let call = await observed
            #expect(
                call.error?.cause
                    == "the server was silent for 15 s, and did not answer a keep-alive ping")
            #expect(call.error?.code == .unavailable)
            #expect(call.error?.origin == .receive)
            #expect(call.outcome.rule == "the server did not answer a keep-alive ping")
            #expect(call.outcome.delivery == Delivery(sent: 1))
        }
    }

    @Test("Answers to pings keep the call open, and their times are told")
    func answered() async throws {
        let clock = ManualClock()
        let log = EventLog()
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            for number in 1...3 {
                let ping = try await peer.readFrame()
                #expect(ping.first == 0x89)
                clock.advance(by: .milliseconds(20 * number))
                try await peer.write(serverFrame(ping.payload, first: 0x8A))
            }
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
            try await peer.drain()
        } _: { server in
            async let observed = perform(
                Self.call, at: server, configuration: Self.watched, clock: clock, log: log)
            await log.wait { $0.isSent }
            for number in 1...3 {
                await Self.sleeps(on: clock)
                // To the next ping.
                clock.advance(by: .seconds(10))
                await wait(for: log, on: clock) { $0.roundTrips.count == number }
                if number == 3 { break }
                await Self.sleeps(on: clock)
                clock.advance(by: .seconds(5))
            }
            let call = await observed
            #expect(call.error == nil)
            #expect(call.log.events.roundTrips == [.milliseconds(20), .milliseconds(40), .milliseconds(60)])
        }
    }

    @Test("A server that talks is alive, whatever it does with pings")
    func talking() async throws {
        let clock = ManualClock()
        let log = EventLog()
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            for _ in 1...3 {
                #expect(try await peer.readFrame().first == 0x89)
                try await peer.send(Wire.response("a"))
            }
            try await peer.idle()
        } _: { server in
            let transport = GatewayTransport(server: server, configuration: Self.watched, clock: clock)
            let call = Task { await transport.perform(Self.call, observer: log) }
            await log.wait { $0.isSent }
            for number in 1...3 {
                await Self.sleeps(on: clock)
                clock.advance(by: .seconds(10))
                await wait(for: log, on: clock) { $0.receivedCount == number }
                await Self.sleeps(on: clock)
                clock.advance(by: .seconds(5))
            }
            await Self.sleeps(on: clock)
            #expect(log.outcomes.isEmpty)
            #expect(log.events.roundTrips.isEmpty)
            call.cancel()
            #expect(await call.value.error?.code == .cancelled)
            await transport.shutdown()
        }
    }

    @Test("While receiving is held back nobody is taken for dead")
    func heldBack() async throws {
        let clock = ManualClock()
        let written = Counter()
        let message = String(repeating: "x", count: 4000)
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            while true {
                try await peer.send(Wire.response(message))
                written.add()
            }
        } _: { server in
            let log = EventLog()
            let transport = GatewayTransport(server: server, configuration: Self.watched, clock: clock)
            let call = Task {
                await transport.perform(Self.call, observer: PausingObserver(log: log, pauses: true))
            }
            await log.wait { $0.receivedCount > 0 }
            _ = try await BackPressureTests.settled { written.value }
            for _ in 0..<40 {
                await Self.sleeps(on: clock)
                clock.advance(by: .seconds(5))
            }
            await Self.sleeps(on: clock)
            #expect(log.outcomes.isEmpty)
            call.cancel()
            #expect(await call.value.error?.code == .cancelled)
            await transport.shutdown()
        }
    }

    @Test("Without an interval nothing is sent and nobody is given up")
    func off() async throws {
        let clock = ManualClock()
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            clock.advance(by: .seconds(100_000))
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
            #expect(try await peer.readFrame().isClose)
        } _: { server in
            let call = await perform(Self.call, at: server, configuration: configuration(), clock: clock)
            #expect(call.error == nil)
        }
    }

    #if os(Linux)
        @Test(
            "Over plain HTTP the kernel watches over the connection", arguments: [CallKind.unary, .serverStream],
            [(true, false), (false, false), (true, true)])
        func kernel(kind: CallKind, way: (isWatched: Bool, isForwarded: Bool)) async throws {
            try await withServer { peer, _ in
                _ = try await peer.readRequest()
                let port = try #require(peer.channel.remoteAddress?.port)
                var timer = try Self.timer(port: port)
                // Until the request is acknowledged there is another one.
                while timer != "00", timer != "02" {
                    await Task.yield()
                    timer = try Self.timer(port: port)
                }
                #expect(timer == (way.isWatched ? "02" : "00"))
                if kind == .unary { return try await peer.respond(UnaryCallTests.ana) }
                try await peer.beginEvents()
                try await peer.endChunks()
            } _: { server in
                let proxy = try ProxyAddress(parsing: "\(server)", origin: "a test")
                let call = await perform(
                    kind, at: server,
                    configuration: configuration {
                        $0.keepAlive = way.isWatched ? .seconds(10) : nil
                        if way.isForwarded { $0.proxies = ProxySettings(.proxy(proxy), environment: [:]) }
                    })
                #expect(call.error == nil)
            }
        }

        /// Which timer the kernel has for the connection from a port: 02 to the next probe, 00 for none (Linux, proc_net_tcp).
        static func timer(port: Int) throws -> String {
            let hex = String(port, radix: 16, uppercase: true)
            let suffix = ":" + String(repeating: "0", count: 4 - hex.count) + hex
            let rows = try String(decoding: FileReading.contents(of: "/proc/net/tcp", limit: 16 << 20), as: UTF8.self)
                .split(separator: "\n").map { $0.split(separator: " ") }
            let row = try #require(rows.first { $0.count > 5 && $0[1].hasSuffix(suffix) && $0[3] == "01" })
            return String(row[5].prefix(2))
        }
    #endif
}

extension [CallEvent] {
    /// From then on nobody but the watch over the connection looks at the clock.
    fileprivate var isSent: Bool { contains { if case .sent = $0 { true } else { false } } }

    fileprivate var roundTrips: [Duration] {
        compactMap { if case .pinged(let roundTrip, _) = $0 { roundTrip } else { nil } }
    }
}
