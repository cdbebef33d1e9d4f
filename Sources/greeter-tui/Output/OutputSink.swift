import Dispatch
import Foundation
import Synchronization

/// A descriptor to write to, in order, on a thread that may block. Who writes waits: that is how a slow reader of
/// standard output slows the call.
final class OutputSink: Sendable {
    private struct State {
        var isClosed = false
        /// Why nothing more can be written, where that is not for want of a reader.
        var problem: String?
        var whenClosed: (@Sendable () -> Void)?
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "greeter-tui.output")
    private let state = Mutex(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether nothing more can be written.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Why nothing more can be written, where that is not for want of a reader: `No space left on device`.
    var problem: String? { state.withLock { $0.problem } }

    /// Sets what is to happen, once, when nobody reads any more: at once where that is so already.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.whenClosed = body }
            return state.isClosed
        }
        if isClosed { body() }
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
        let problem = errno == EPIPE ? nil : String(cString: strerror(errno))
        let whenClosed = state.withLock { state in
            state.isClosed = true
            state.problem = problem
            return state.whenClosed.take()
        }
        whenClosed?()
    }
}
