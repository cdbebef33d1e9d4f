import Dispatch
import Foundation
import Synchronization
import Waiting

/// A descriptor to write to, in order. Who writes waits: that is how a slow reader of standard output slows the call. What would
/// block is written on a thread that may.
final class OutputSink: Sendable {
    private struct State {
        var isClosed = false
        /// Why nothing more can be written, where that is not for want of a reader.
        var problem: String?
        var whenClosed: (@Sendable () -> Void)?
        /// Writes that the thread has not done yet.
        var pending = 0
    }

    private let descriptor: Int32
    /// Whether it is a file or a pipe, which say whether they take a little at once.
    private let tellsRoom: Bool
    private let queue = DispatchQueue(label: "greeter-tui.output")
    private let state = Mutex(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        tellsRoom = isKnown && [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT)
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
        switch writeAtOnce(bytes) {
        case .done: return
        case .failed(let error): return close(after: error)
        case .mayBlock: break
        }
        state.withLock { $0.pending += 1 }
        await queue.run {
            if !self.isClosed, !writeAll(bytes[...], to: self.descriptor) { self.close(after: errno) }
            self.state.withLock { $0.pending -= 1 }
        }
    }

    private enum Attempt {
        /// It is written, or nobody reads any more.
        case done
        /// With this number of the system's.
        case failed(Int32)
        case mayBlock
    }

    /// Writes what is taken without blocking: a reply alone is not worth two changes of the thread.
    private func writeAtOnce(_ bytes: [UInt8]) -> Attempt {
        // A pipe that has room takes so much at once (POSIX, write, PIPE_BUF).
        guard tellsRoom, bytes.count <= 512 else { return .mayBlock }
        return state.withLock { state in
            guard !state.isClosed else { return .done }
            guard state.pending == 0 else { return .mayBlock }
            var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&place, 1, 0) == 1, place.revents == Int16(POLLOUT) else { return .mayBlock }
            return writeAll(bytes[...], to: descriptor) ? .done : .failed(errno)
        }
    }

    private func close(after error: Int32) {
        let problem = error == EPIPE ? nil : String(cString: strerror(error))
        let whenClosed = state.withLock { state in
            state.isClosed = true
            state.problem = problem
            return state.whenClosed.take()
        }
        whenClosed?()
    }
}
