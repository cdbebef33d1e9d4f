import Plans
import RPCCore
import Synchronization
import TestSupport
import Testing

@testable import TransportSupport

@Suite("A watchdog over a transport", .timeLimit(.minutes(10)))
struct WatchedTransportTests {
    private let clock = ManualClock()

    private func call(
        _ kind: CallKind = .bidirectional, deadline: Duration? = .seconds(30),
        from start: CallOptions.DeadlineStart = .call
    ) -> Call {
        Call(kind, PlanRun(names: ["Ana"]), options: CallOptions(deadline: deadline, deadlineStart: start))
    }

    @Test("gives up at the deadline a call that does not end, with what is known of it, and says so")
    func deadline() async {
        let hanging = HangingTransport(clock: clock)
        let transport = WatchedTransport(clock: clock) { hanging }
        let log = EventLog()
        let running = Task { await transport.perform(call(), observer: log) }
        await log.wait { $0.count == 3 }
        clock.advance(by: .seconds(30))
        #expect(log.outcomes.isEmpty)
        clock.advance(by: WatchedTransport.grace)
        let outcome = await running.value
        #expect(outcome.code == .deadlineExceeded)
        #expect(
            outcome.error?.cause
                == "not finished within 30 s; gave up waiting for the transport, which did not end it")
        #expect(outcome.rule == "gave up waiting for the transport after the deadline")
        #expect(outcome.delivery == Delivery(sent: 2, received: 1))
        #expect(outcome.error?.delivery == outcome.delivery)
        #expect(outcome.error?.isSafeToRetry == false)
        #expect(log.outcomes == [outcome])
        // What the transport has to say afterwards, nobody hears.
        await hanging.say(.notice("late"))
        #expect(log.notices.isEmpty && log.events.last == .ended(outcome))
        #expect(clock.sleeperCount == 0)
    }

    @Test("gives up a call that was cancelled and does not end, even without a deadline")
    func cancellation() async {
        let hanging = HangingTransport(clock: clock)
        let transport = WatchedTransport(clock: clock) { hanging }
        let log = EventLog()
        let running = Task { await transport.perform(call(deadline: nil), observer: log) }
        await log.wait { $0.count == 3 }
        running.cancel()
        await waitForAlarm(at: WatchedTransport.grace)
        clock.advance(by: WatchedTransport.grace)
        let outcome = await running.value
        #expect(outcome.code == .cancelled)
        #expect(outcome.rule == "gave up waiting for the transport after the cancellation")
        #expect(log.outcomes == [outcome])
    }

    @Test("counts a deadline from the half-close where it is meant so, and the next call is made by another transport")
    func halfClose() async {
        let transports = Mutex<[HangingTransport]>([])
        let transport = WatchedTransport(clock: clock) { [clock] in
            let hanging = HangingTransport(clock: clock)
            transports.withLock { $0.append(hanging) }
            return hanging
        }
        let log = EventLog()
        let running = Task { await transport.perform(call(from: .halfClose), observer: log) }
        await log.wait { $0.count == 3 }
        clock.advance(by: .seconds(1000))
        await transports.withLock { $0[0] }.say(.halfClosed(at: clock.now))
        await waitForAlarm(at: .seconds(1030) + WatchedTransport.grace)
        clock.advance(by: .seconds(31))
        #expect(await running.value.code == .deadlineExceeded)
        #expect(transports.withLock { $0.count } == 2)
        #expect(log.events.contains(.halfClosed(at: .seconds(1000))))
    }

    @Test("does not blame the transport for an observer that holds an event")
    func observer() async {
        let hanging = HangingTransport(clock: clock)
        let transport = WatchedTransport(clock: clock) { hanging }
        let gate = Gate()
        let running = Task { await transport.perform(call(), observer: gate) }
        await gate.waitUntilHeld()
        await waitForAlarm(at: .seconds(30) + WatchedTransport.grace)
        clock.advance(by: .seconds(31))
        // The alarm has rung, and another is set.
        await waitForAlarm(at: .seconds(31) + WatchedTransport.grace)
        #expect(!gate.isEnded)
        gate.open()
        await gate.waitUntilIdle()
        clock.advance(by: WatchedTransport.grace)
        #expect(await running.value.code == .deadlineExceeded)
    }

    @Test("leaves a call alone that ends in time, and sets no alarm behind it", arguments: CallKind.allCases)
    func transparent(kind: CallKind) async {
        let transport = WatchedTransport(clock: clock) { [clock] in EchoTransport(clock: clock) }
        let log = EventLog()
        let plain = EventLog()
        let outcome = await transport.perform(call(kind), observer: log)
        _ = await EchoTransport(clock: clock).perform(call(kind), observer: plain)
        #expect(outcome.error == nil)
        #expect(log.events == plain.events)
        while clock.sleeperCount > 0 { await Task.yield() }
    }

    @Test("gives up a health check and a shutdown that do not end")
    func others() async throws {
        let hanging = HangingTransport(clock: clock)
        let transport = WatchedTransport(clock: clock) { hanging }
        let health = Task { () async -> CallError? in
            do throws(CallError) {
                _ = try await transport.checkHealth(deadline: .seconds(5))
                return nil
            } catch {
                return error
            }
        }
        await waitForAlarm(at: .seconds(5) + WatchedTransport.grace)
        clock.advance(by: .seconds(6))
        #expect(await health.value?.code == .deadlineExceeded)
        let closing = Task { await transport.shutdown() }
        await waitForAlarm(at: .seconds(6) + WatchedTransport.closingLimit)
        clock.advance(by: WatchedTransport.closingLimit)
        await closing.value
    }

    /// Waits until the earliest alarm is the one expected.
    private func waitForAlarm(at instant: Duration) async {
        while clock.nextInstant != instant { await Task.yield() }
    }
}

/// A transport whose library hangs: it neither ends a call nor hears that it is cancelled.
private final class HangingTransport: Transport {
    let server = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 1)
    private let clock: any CallClock
    private let observer = Mutex<(any CallObserver)?>(nil)
    private let never = Mutex<[CheckedContinuation<Void, Never>]>([])

    init(clock: any CallClock) {
        self.clock = clock
    }

    deinit {
        for continuation in never.withLock({ $0 }) { continuation.resume() }
    }

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        self.observer.withLock { $0 = observer }
        await observer.observe(.attemptStarted(Attempt(start: clock.now, wallTime: clock.wallTime)))
        let messages = (1...2).map { number in
            StreamMessage(
                number: number, time: clock.now, size: 5, form: .grpcMessage,
                body: .request(HelloRequest(name: "Ana", language: "en")))
        }
        await observer.observe(.sent(messages))
        let replies: [StreamMessage.Body] = [
            .reply(HelloReply(message: "a", language: "en")), .markerEcho(HelloReply(message: "b", language: "en")),
        ]
        await observer.observe(
            .received(
                replies.enumerated().map { index, body in
                    StreamMessage(number: index + 1, time: clock.now, size: 5, form: .grpcMessage, body: body)
                }))
        await hang()
        return CallOutcome(delivery: Delivery(), time: clock.now, rule: "never")
    }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        await hang()
        throw CallError(.internal, "never", at: .receive)
    }

    func shutdown() async { await hang() }

    /// Says something after all.
    func say(_ event: CallEvent) async { await observer.withLock { $0 }?.observe(event) }

    private func hang() async {
        await withCheckedContinuation { continuation in never.withLock { $0.append(continuation) } }
    }
}

/// An observer that holds the second event until it is opened.
private final class Gate: CallObserver {
    private struct State {
        var count = 0
        var isOpen = false
        var isIdle = false
        var isEnded = false
    }

    private let state = Mutex(State())

    var isEnded: Bool { state.withLock { $0.isEnded } }

    func observe(_ event: CallEvent) async {
        if case .ended = event { state.withLock { $0.isEnded = true } }
        let count = state.withLock { state in
            state.count += 1
            return state.count
        }
        if count == 2 { while !state.withLock({ $0.isOpen }) { await Task.yield() } }
        if count == 3 { state.withLock { $0.isIdle = true } }
    }

    func open() { state.withLock { $0.isOpen = true } }

    func waitUntilHeld() async { while state.withLock({ $0.count }) < 2 { await Task.yield() } }

    func waitUntilIdle() async { while !state.withLock({ $0.isIdle }) { await Task.yield() } }
}
