import Dispatch
import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A pipe by which signal handlers wake the main actor: each writes its signal's number, one byte.
@MainActor
final class WakePipe {
    /// The end that handlers write to.
    let writeEnd: Int32
    private let readEnd: Int32
    private let source: any DispatchSourceRead

    /// - Parameter onSignals: Gets the numbers that have come, in order.
    init(onSignals: @escaping @MainActor ([Int32]) -> Void) throws(TerminalError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw TerminalError("no pipe could be made: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        let readEnd = ends[0]
        let writeEnd = ends[1]
        self.readEnd = readEnd
        self.writeEnd = writeEnd
        source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .main)
        source.setEventHandler {
            MainActor.assumeIsolated {
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = read(readEnd, &bytes, bytes.count)
                if count > 0 { onSignals(bytes.prefix(count).map(Int32.init)) }
            }
        }
        source.setCancelHandler {
            close(readEnd)
            close(writeEnd)
        }
        source.activate()
    }

    /// Ends it. No handler may write any more.
    func cancel() {
        source.cancel()
    }
}
