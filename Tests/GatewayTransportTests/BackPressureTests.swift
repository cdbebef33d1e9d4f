import GatewayTransport
import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@Suite("Back-pressure", .timeLimit(.minutes(10)))
struct BackPressureTests {
    /// Returns once a count has not changed for so long that everything that can be buffered is.
    static func settled(_ count: @Sendable () -> Int) async throws -> Int {
        var last = count()
        var unchanged = 0
        while unchanged < 50 {
            try await Task.sleep(for: .milliseconds(10))
            let now = count()
            unchanged = now == last && now > 0 ? unchanged + 1 : 0
            last = now
        }
        return last
    }

    @Test("A server that does not read stops the plan", arguments: [CallKind.clientStream, .bidirectional])
    func deafServer(kind: CallKind) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            try await peer.idle()
        } _: { server in
            let plan = EndlessPlan(name: String(repeating: "x", count: 4000))
            let log = CountingObserver()
            let transport = GatewayTransport(server: server, configuration: configuration())
            let call = Task { await transport.perform(Call(kind, plan), observer: log) }
            let pulled = try await Self.settled { plan.pulled }
            // The buffers of two sockets hold megabytes; without back-pressure it would be a thousand times that by now.
            #expect(pulled < 16_000)
            #expect(pulled - log.sent <= 256)
            call.cancel()
            #expect(await call.value.error?.code == .cancelled)
            await transport.shutdown()
        }
    }

    @Test("An observer that pauses stops the server", arguments: [CallKind.serverStream, .bidirectional])
    func pausedObserver(kind: CallKind) async throws {
        let written = Counter()
        let message = String(repeating: "x", count: 4000)
        try await withServer { peer, _ in
            if kind == .serverStream {
                _ = try await peer.readRequest()
                try await peer.beginEvents()
            } else {
                try await peer.acceptWebSocket()
            }
            while true {
                if kind == .serverStream {
                    try await peer.writeChunk(ServerStreamTests.event(message))
                } else {
                    try await peer.send(Wire.response(message))
                }
                written.count.add(1, ordering: .relaxed)
            }
        } _: { server in
            let log = EventLog()
            let transport = GatewayTransport(server: server, configuration: configuration())
            let call = Task {
                await transport.perform(
                    Call(kind, PausingPlan(names: ["Ana"])), observer: PausingObserver(log: log, pauses: true))
            }
            await log.wait { $0.receivedCount > 0 }
            let settled = try await Self.settled { written.count.load(ordering: .relaxed) }
            #expect(settled < 16_000)
            #expect(log.events.count { if case .received = $0 { true } else { false } } == 1)
            call.cancel()
            #expect(await call.value.error?.code == .cancelled)
            await transport.shutdown()
        }
    }

    @Test("Reading goes on while writing cannot")
    func readsWhileBlocked() async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            for _ in 0..<1000 { try await peer.send(Wire.response("a")) }
            try await peer.idle()
        } _: { server in
            let log = EventLog()
            let transport = GatewayTransport(server: server, configuration: configuration())
            let plan = EndlessPlan(name: String(repeating: "x", count: 4000))
            let call = Task { await transport.perform(Call(.bidirectional, plan), observer: log) }
            await log.wait { $0.receivedCount == 1000 }
            call.cancel()
            _ = await call.value
            await transport.shutdown()
        }
    }

    @Test("A stream of 20,000 requests is counted exactly, and replies come in batches")
    func many() async throws {
        let count = 20_000
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            let requests = try await peer.readRequests()
            #expect(requests.count == count)
            #expect(requests.last == #"{"name":"User \#(count)","language":"en"}"#)
            for start in stride(from: 0, to: count, by: 1000) {
                try await peer.write((start..<start + 1000).flatMap { serverFrame(Wire.response("Hello, \($0 + 1)!")) })
            }
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
        } _: { server in
            let observer = CountingObserver()
            let transport = GatewayTransport(server: server, configuration: configuration())
            let plan = PlanRun.repeating("User {i}", count, language: "en")
            let call = Call(.bidirectional, plan, options: CallOptions(deadline: nil))
            let outcome = await transport.perform(call, observer: observer)
            #expect(outcome.error == nil)
            #expect(outcome.delivery == Delivery(sent: count, answered: count, received: count))
            #expect(observer.sent == count)
            #expect(observer.batches < count / 10)
            await transport.shutdown()
        }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }
}

/// Counts, and keeps nothing.
final class CountingObserver: CallObserver {
    private let counts = Mutex((sent: 0, batches: 0))

    var sent: Int { counts.withLock { $0.sent } }
    var batches: Int { counts.withLock { $0.batches } }

    func observe(_ event: CallEvent) async {
        counts.withLock { counts in
            if case .sent(let messages) = event { counts.sent += messages.count }
            if case .received = event { counts.batches += 1 }
        }
    }
}
