import Synchronization

/// What a person can do to a call between two attempts: not wait any longer.
public final class CallSteering: Sendable {
    private let waiter = Mutex<CheckedContinuation<Bool, Never>?>(nil)

    public init() {}

    /// Begins the next attempt now, where one is being waited for.
    public func retryNow() {
        end(with: true)
    }

    /// Waits until the next attempt is asked for.
    /// - Returns: whether it was; false when the task was cancelled. One task at a time may wait.
    public func retryIsAsked() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.withLock { $0 = continuation }
                if Task.isCancelled { end(with: false) }
            }
        } onCancel: {
            end(with: false)
        }
    }

    private func end(with isAsked: Bool) {
        waiter.withLock { $0.take() }?.resume(returning: isAsked)
    }
}
