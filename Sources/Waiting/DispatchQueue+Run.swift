package import Dispatch

extension DispatchQueue {
    /// Does work that may block on a thread of the queue, and waits for it.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in async { continuation.resume(returning: body()) } }
    }
}
