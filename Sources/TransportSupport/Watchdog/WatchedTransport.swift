package import RPCCore
import Synchronization

/// Ends the calls of another transport in time, whatever that does.
///
/// A transport ends a call at its deadline and when it is cancelled. One that does not, because a library below it spins or
/// waits for what never comes, is given up after a ``grace``: the call ends with an outcome that says so, nothing that the
/// transport still has to say is passed on, and nobody waits for it any more. What it does goes on by itself until the end
/// of the process, which it cannot keep from ending. The next call gets a new transport.
///
/// Time in which the observer holds an event is not the transport's, and does not count.
package final class WatchedTransport: Transport {
    /// How long after its deadline, or after it was cancelled, a call may still take to end.
    package static let grace = Duration.seconds(1)
    /// How long closing may take.
    package static let closingLimit = Duration.seconds(2)

    package let server: ServerAddress
    private let make: @Sendable () -> any Transport
    private let clock: any CallClock
    private let state: Mutex<State>

    private struct State {
        var transport: any Transport
        /// Counts the transports.
        var number = 1
    }

    /// - Parameter make: Makes the transport, and another when that hangs.
    package init(clock: any CallClock, _ make: @escaping @Sendable () -> any Transport) {
        let transport = make()
        server = transport.server
        self.make = make
        self.clock = clock
        state = Mutex(State(transport: transport))
    }

    @discardableResult
    package func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let (transport, number) = state.withLock { ($0.transport, $0.number) }
        let watch = CallWatch(call, passingTo: observer, clock: clock)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                watch.begin(waiter) { await transport.perform(call, observer: watch) }
            }
        } onCancel: {
            watch.cancel()
        }
        if watch.isGivenUp {
            replace(number)
            await observer.observe(.ended(outcome))
        }
        return outcome
    }

    package func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        let (transport, number) = state.withLock { ($0.transport, $0.number) }
        let check = TimedTask<Result<HealthReport, CallError>>(within: deadline + Self.grace, clock: clock)
        let result = await withTaskCancellationHandler {
            await check.value { await Self.health(of: transport, deadline: deadline) }
        } onCancel: {
            check.cancel(grace: Self.grace)
        }
        guard let result else {
            replace(number)
            throw CallError(
                .deadlineExceeded, "gave up waiting for the transport, which did not end the health check",
                at: .deadline)
        }
        return try result.get()
    }

    package func document(at path: String, limit: Int, deadline: Duration) async throws(CallError) -> [UInt8]? {
        let (transport, number) = state.withLock { ($0.transport, $0.number) }
        let fetch = TimedTask<Result<[UInt8]?, CallError>>(within: deadline + Self.grace, clock: clock)
        let result = await withTaskCancellationHandler {
            await fetch.value {
                do throws(CallError) {
                    return .success(try await transport.document(at: path, limit: limit, deadline: deadline))
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            fetch.cancel(grace: Self.grace)
        }
        guard let result else {
            replace(number)
            throw CallError(
                .deadlineExceeded, "gave up waiting for the transport, which did not end the fetching of \(path)",
                at: .deadline)
        }
        return try result.get()
    }

    package func shutdown() async {
        let transport = state.withLock { $0.transport }
        // Also in a task that is cancelled: what is open is to be closed in order.
        _ = await TimedTask<Void>(within: Self.closingLimit, clock: clock).value { await transport.shutdown() }
    }

    private static func health(
        of transport: any Transport, deadline: Duration
    ) async -> Result<HealthReport, CallError> {
        do throws(CallError) {
            return .success(try await transport.checkHealth(deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    /// Puts a transport that hangs aside. Other calls on it go on.
    private func replace(_ number: Int) {
        state.withLock { state in
            guard state.number == number else { return }
            state.transport = make()
            state.number += 1
        }
    }
}
