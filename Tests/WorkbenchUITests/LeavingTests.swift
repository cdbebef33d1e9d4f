import RPCCore
import Retry
import Synchronization
import TerminalUI
import TestSupport
import Testing
import Waiting
import WorkbenchModel

@testable import WorkbenchUI

@Suite("What is left behind", .timeLimit(.minutes(10)))
@MainActor
struct LeavingTests {
    private let clock = ManualClock()

    private func connecting(_ connector: SlowConnector) async -> Program {
        let program = Program(
            backend: TestBackend(size: Size(columns: 80, rows: 24)), connector: connector, methods: Greeter.method,
            files: MemoryPlanFiles(),
            state: State(server: ServerStatus(name: "slow"), fields: Greeter.request.fields, sample: .sample),
            configuration: Program.Configuration(clock: clock))
        program.effects.run(.connect(to: "slow")) { _ in }
        await connector.waitFor { $0.asked == ["slow"] }
        return program
    }

    @Test(
        "who leaves waits two seconds for a connection that is being made, which is closed all the same when it comes")
    func limit() async {
        let connector = SlowConnector(clock: clock)
        let program = await connecting(connector)
        var hasFinished = false
        Task {
            await program.effects.finish()
            hasFinished = true
        }
        while !hasFinished {
            clock.advance(by: .milliseconds(100))
            await Task.yield()
        }
        #expect(connector.transport.shutdownCount == 0)
        connector.letThrough()
        while connector.transport.shutdownCount == 0 { await Task.yield() }
    }

    @Test("who leaves waits for a server that is still being connected to, though another has taken its place")
    func replacedConnection() async throws {
        let connector = SlowConnector(clock: clock)
        let program = await connecting(connector)
        program.effects.run(.connect(to: "quick")) { _ in }
        await connector.waitFor { $0.asked == ["slow", "quick"] }

        var hasFinished = false
        let end = Task {
            await program.effects.finish()
            hasFinished = true
        }
        // The limit of the end never comes: the clock stands still.
        for _ in 0..<10_000 { await Task.yield() }
        #expect(!hasFinished)
        connector.letThrough()
        await end.value
        #expect(connector.transport.shutdownCount == 2)
    }
}

/// Connects to `slow` when it is told to, cancelled or not, and to others at once.
private final class SlowConnector: ServerConnector {
    struct State: HasWaiters {
        var asked: [String] = []
        var isOpen = false
        var waiters = Waiters()
    }

    let isInsecure = false
    let transport: EchoTransport
    private let state = Guarded(State())

    init(clock: any CallClock) {
        transport = EchoTransport(clock: clock)
    }

    func problem(with order: FaultOrder) -> String? { nil }

    func connect(
        to name: String, faults: [FaultOrder], retry: @escaping @Sendable () -> RetryPolicy
    ) async throws(CallError) -> any Transport {
        change { $0.asked.append(name) }
        if name == "slow" {
            // In a task of its own, which nobody cancels.
            await Task { await waitFor { $0.isOpen } }.value
        }
        return transport
    }

    func letThrough() { change { $0.isOpen = true } }

    func waitFor(_ condition: @Sendable (State) -> Bool) async {
        while !state.withLock({ condition($0) }) { await state.wait(\.waiters) { !condition($0) } }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock {
            body(&$0)
            $0.waiters.wake()
        }
    }
}
