import GatewayTransport
import Plans
import RPCCore
import TestSupport
import Testing

/// A call that is cancelled, or overtaken by its deadline, in every state that it can be in.
@Suite("Stopping a call", .timeLimit(.minutes(10)))
struct StoppingTests {
    /// What a call is doing when it is stopped.
    enum State: CaseIterable, Sendable {
        /// Resolving and connecting are one state from here: the server has accepted and says nothing.
        case handshaking
        case handshakingTLS
        case waitingForPlan
        case sendingToDeafServer
        case waitingForReplies
        case waitingForResponseHead
        case readingEvents
        /// The observer has taken a reply and not returned.
        case observerIsPaused
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var state: State
        var kind: CallKind

        var testDescription: String { "\(state), \(kind.title)" }
    }

    static let cases: [Case] =
        CallKind.allCases.map { Case(state: .handshakingTLS, kind: $0) }
        + CallKind.allCases.map { Case(state: .waitingForPlan, kind: $0) }
        + [CallKind.clientStream, .bidirectional].flatMap { kind in
            [.handshaking, .sendingToDeafServer, .waitingForReplies].map { Case(state: $0, kind: kind) }
        }
        + [
            Case(state: .waitingForResponseHead, kind: .unary),
            Case(state: .waitingForResponseHead, kind: .serverStream),
            Case(state: .readingEvents, kind: .serverStream), Case(state: .observerIsPaused, kind: .serverStream),
            Case(state: .observerIsPaused, kind: .bidirectional),
        ]

    static func script(_ given: Case) -> Script {
        { peer, _ in
            switch given.state {
            case .handshaking, .handshakingTLS: try await peer.idle()
            case .waitingForResponseHead:
                _ = try await peer.readRequest()
                try await peer.idle()
            case _ where given.kind == .serverStream && [.readingEvents, .observerIsPaused].contains(given.state):
                _ = try await peer.readRequest()
                try await peer.beginEvents()
                try await peer.writeChunk(ServerStreamTests.event("a"))
                try await peer.idle()
            case .observerIsPaused:
                try await peer.acceptWebSocket()
                try await peer.send(Wire.response("a"))
                try await peer.idle()
            case .sendingToDeafServer:
                try await peer.acceptWebSocket()
                try await peer.idle()
            default:
                guard given.kind.streamsRequests else { return try await peer.idle() }
                try await peer.acceptWebSocket()
                try await peer.drain()
            }
        }
    }

    static func plan(_ given: Case) -> any RequestPlan {
        switch given.state {
        case .waitingForPlan: PausingPlan(names: [])
        case .sendingToDeafServer: EndlessPlan(name: String(repeating: "x", count: 4000))
        default: PlanRun(names: ["Ana"])
        }
    }

    /// Whether the call has come to the state.
    static func reached(_ given: Case) -> @Sendable ([CallEvent]) -> Bool {
        { events in
            switch given.state {
            case .handshaking, .handshakingTLS: !events.isEmpty
            case .waitingForPlan: given.kind.streamsRequests ? events.isOpened : !events.isEmpty
            case .sendingToDeafServer: events.sentCount >= 256
            case .waitingForReplies: events.isHalfClosed
            case .waitingForResponseHead: events.sentCount == 1
            case .readingEvents, .observerIsPaused: events.receivedCount == 1
            }
        }
    }

    static func server(_ server: ServerAddress, _ given: Case) -> ServerAddress {
        var server = server
        if given.state == .handshakingTLS { server.scheme = .https }
        return server
    }

    @Test("Cancelling ends the call at once, as CANCELLED, with what was delivered", arguments: cases)
    func cancel(given: Case) async throws {
        try await withServer(script: Self.script(given)) { server in
            let log = EventLog()
            let observer = PausingObserver(log: log, pauses: given.state == .observerIsPaused)
            let transport = GatewayTransport(server: Self.server(server, given), configuration: configuration())
            let call = Task {
                await transport.perform(
                    Call(given.kind, Self.plan(given), options: CallOptions(deadline: nil)), observer: observer)
            }
            await log.wait(until: Self.reached(given))
            call.cancel()
            let outcome = await call.value
            #expect(outcome.error?.code == .cancelled)
            #expect(outcome.error?.origin == .cancellation)
            #expect(outcome.rule == "cancelled by this side")
            expectOrder(log, outcome)
            await transport.shutdown()
        }
    }

    @Test("A call that is cancelled before it begins is over at once", arguments: CallKind.allCases)
    func cancelledBefore(kind: CallKind) async throws {
        try await withServer { peer, _ in
            try await peer.idle()
        } _: { server in
            let call = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await perform(kind, at: server)
            }
            #expect(await call.value.error?.code == .cancelled)
        }
    }

    @Test("The deadline ends the call, as DEADLINE_EXCEEDED, with what was delivered", arguments: cases)
    func deadline(given: Case) async throws {
        try await withServer(script: Self.script(given)) { server in
            let clock = ManualClock()
            let log = EventLog()
            let observer = PausingObserver(log: log, pauses: given.state == .observerIsPaused)
            let transport = GatewayTransport(
                server: Self.server(server, given), configuration: configuration { $0.connectTimeout = .seconds(100) },
                clock: clock)
            let options = CallOptions(deadline: .seconds(30))
            async let performed = transport.perform(
                Call(given.kind, Self.plan(given), options: options), observer: observer)
            await log.wait(until: Self.reached(given))
            while log.outcomes.isEmpty {
                clock.advance(by: .seconds(1))
                try await Task.sleep(for: .milliseconds(1))
            }
            let outcome = await performed
            #expect(outcome.error?.code == .deadlineExceeded)
            #expect(outcome.error?.origin == .deadline)
            #expect(outcome.error?.cause == "not finished within 30 s")
            #expect(outcome.rule == "the deadline passed")
            expectOrder(log, outcome)
            await transport.shutdown()
        }
    }

    @Test(
        "A deadline from the half-close does not count before it", arguments: [CallKind.clientStream, .bidirectional])
    func deadlineFromHalfClose(kind: CallKind) async throws {
        try await withServer { peer, _ in
            try await peer.acceptWebSocket()
            try await peer.drain()
        } _: { server in
            let clock = ManualClock()
            let log = EventLog()
            let plan = SteeredPlan(PlanRun(names: ["Ana"]), holdsOpen: true)
            let options = CallOptions(deadline: .seconds(30), deadlineStart: .halfClose)
            async let performed = perform(Call(kind, plan, options: options), at: server, clock: clock, log: log)
            await log.wait { $0.sentCount == 1 }
            clock.advance(by: .seconds(1000))
            plan.send(HelloRequest(name: "Bo"))
            await log.wait { $0.sentCount == 2 }
            plan.halfClose()
            await log.wait { $0.isHalfClosed }
            while log.outcomes.isEmpty {
                clock.advance(by: .seconds(1))
                try await Task.sleep(for: .milliseconds(1))
            }
            let call = await performed
            #expect(call.error?.code == .deadlineExceeded)
            #expect(call.error?.cause == "not finished within 30 s of the half-close")
            #expect(call.outcome.time >= .seconds(1030))
        }
    }

    @Test("The connection is closed when the call is cancelled", arguments: CallKind.allCases)
    func closes(kind: CallKind) async throws {
        let (closed, isClosed) = AsyncStream.makeStream(of: Void.self)
        try await withServer { peer, _ in
            // What was announced may not be on its way yet: then the connection ends in the middle of the request.
            defer { isClosed.finish() }
            if kind.streamsRequests { try await peer.acceptWebSocket() } else { _ = try await peer.readRequest() }
            try await peer.drain()
        } _: { server in
            let log = EventLog()
            let transport = GatewayTransport(server: server, configuration: configuration())
            let call = Task { await transport.perform(Call(kind, PlanRun(names: ["Ana"])), observer: log) }
            await log.wait { $0.sentCount == 1 }
            call.cancel()
            _ = await call.value
            for await _ in closed {}
            await transport.shutdown()
        }
    }
}

extension [CallEvent] {
    var sentCount: Int {
        reduce(0) { if case .sent(let messages) = $1 { $0 + messages.count } else { $0 } }
    }

    var isOpened: Bool { contains { if case .opened = $0 { true } else { false } } }
}

/// An observer that, once something is received, does not return until its task is cancelled.
struct PausingObserver: CallObserver {
    let log: EventLog
    let pauses: Bool

    func observe(_ event: CallEvent) async {
        await log.observe(event)
        if pauses, case .received = event { try? await Task.sleep(for: .seconds(600)) }
    }
}
