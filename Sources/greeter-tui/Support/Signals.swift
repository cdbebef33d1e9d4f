import Foundation
import Synchronization

/// Signals as a stream, in place of what they would do by themselves.
final class Signals: Sendable {
    /// The signals, in the order in which they came. Read by one task.
    let stream: AsyncStream<Int32>

    init(_ signals: [Int32] = [SIGINT, SIGTERM, SIGHUP]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(8))
        self.stream = stream
        SignalThread.shared.tell(continuation, of: signals)
    }
}

/// The thread that signals wake, each by a byte in a pipe: a handler may do little more than write.
///
/// Not a source of Dispatch, which on Linux has the signal ignored and reads it from a descriptor: the kernel drops an ignored
/// signal whenever it picks a thread that does not block it, and so some were lost.
private final class SignalThread: Sendable {
    static let shared = SignalThread()

    private let listeners = Mutex<[Int32: AsyncStream<Int32>.Continuation]>([:])

    private init() {
        var ends: [Int32] = [-1, -1]
        // Without one, signals keep doing what they do by themselves.
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A full pipe has told enough already.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        signalPipe = ends[1]
        let readEnd = ends[0]
        Thread.detachNewThread { [self] in
            // Threads of a pool block signals, and hand that on.
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_UNBLOCK, &all, nil)
            listen(to: readEnd)
        }
    }

    /// From now on a listener is told of these signals, in place of whoever was before.
    func tell(_ listener: AsyncStream<Int32>.Continuation, of signals: [Int32]) {
        guard signalPipe >= 0 else { return }
        for number in signals {
            listeners.withLock { $0[number] = listener }
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
                errno = before
            }
        }
    }

    private func listen(to descriptor: Int32) {
        var byte: UInt8 = 0
        while true {
            switch read(descriptor, &byte, 1) {
            case 1: _ = listeners.withLock { $0[Int32(byte)] }?.yield(Int32(byte))
            case -1 where errno == EINTR: continue
            default: return
            }
        }
    }
}

/// Where handlers write: set once, before there is one.
private nonisolated(unsafe) var signalPipe: Int32 = -1
