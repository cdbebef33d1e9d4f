import Dispatch
import Synchronization

/// A descriptor to write to, in order, on a thread that may block. Who writes waits: that is how a slow reader of
/// standard output slows the call.
final class OutputSink: Sendable {
    private struct State {
        var isClosed = false
        var whenClosed: (@Sendable () -> Void)?
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "greeter-tui.output")
    private let state = Mutex(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether nobody reads any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Sets what is to happen, once, when nobody reads any more.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenClosed = body }
    }

    /// Writes, and returns when everything is taken, or nobody reads any more.
    func write(_ bytes: [UInt8]) async {
        await withCheckedContinuation { continuation in
            queue.async {
                if !self.isClosed, !writeAll(bytes[...], to: self.descriptor) { self.close() }
                continuation.resume()
            }
        }
    }

    private func close() {
        let whenClosed = state.withLock { state in
            state.isClosed = true
            return state.whenClosed.take()
        }
        whenClosed?()
    }
}
