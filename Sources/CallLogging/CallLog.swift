import Dispatch
public import Logging
public import RPCCore
import Synchronization

/// A log of calls. What is logged is put into words and written on a thread of its own: a call never waits for the disk.
///
/// At most ``queueLimit`` bytes wait to be written; what comes then is left out, and how much that was is said.
public final class CallLog: Sendable {
    /// What may wait to be written, in bytes of messages and bookkeeping: 16 MiB.
    public static let queueLimit = 16 << 20

    private struct State {
        var pending = 0
        var dropped = 0
        var calls = 0
    }

    let level: Logger.Level
    let redaction: Redaction
    private let file: LogFile
    private let logger: Logger
    private let queueLimit: Int
    private let queue = DispatchQueue(label: "greeter.log", qos: .utility)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: The file to write to, see ``LogFile``.
    ///   - redaction: What is not written of what calls begin with. What is told of them has lost its secrets already, see
    ///     ``RedactionInterceptor``.
    /// - Throws: ``LogError`` where it cannot be written.
    public convenience init(
        path: String, level: Logger.Level, redaction: Redaction, clock: any CallClock = SystemClock()
    ) throws(LogError) {
        self.init(file: try LogFile(path: path), level: level, redaction: redaction, clock: clock)
    }

    init(
        file: LogFile, level: Logger.Level, redaction: Redaction, clock: any CallClock, queueLimit: Int = queueLimit
    ) {
        self.file = file
        self.level = level
        self.redaction = redaction
        self.queueLimit = queueLimit
        let handler = LineHandler(file: file, wallTime: { clock.wallTime }, logLevel: level)
        logger = Logger(label: "greeter-tui") { _ in handler }
    }

    /// The next number of a call.
    func nextCall() -> Int {
        state.withLock { state in
            state.calls += 1
            return state.calls
        }
    }

    /// Logs something later, on the log's own thread.
    /// - Parameter cost: How much memory it holds until then, in bytes.
    func submit(cost: Int = 512, _ body: @escaping @Sendable (Logger) -> Void) {
        let isTaken = state.withLock { state in
            guard state.pending == 0 || state.pending + cost <= queueLimit else {
                state.dropped += 1
                return false
            }
            state.pending += cost
            return true
        }
        guard isTaken else { return }
        queue.async {
            body(self.logger)
            let (dropped, isIdle) = self.state.withLock { state in
                state.pending -= cost
                let isIdle = state.pending == 0
                defer { if isIdle { state.dropped = 0 } }
                return (isIdle ? state.dropped : 0, isIdle)
            }
            if dropped > 0 {
                self.logger.warning("left out, for the disk was too slow", metadata: ["events": "\(dropped)"])
            }
            if isIdle { self.file.flush() }
        }
    }

    /// Logs that the program has begun.
    public func begin(version: String, server: String) {
        let server = redaction.redactedAddress(server)
        submit { $0.info("started", metadata: ["version": "\(version)", "server": "\(server)"]) }
    }

    /// Waits until everything is written, for as long as a time limit allows.
    /// - Returns: why lines were lost, where they were.
    public func finish(within limit: Duration, clock: any CallClock = SystemClock()) async -> String? {
        let (written, end) = AsyncStream<Void>.makeStream()
        queue.async {
            self.file.flush()
            end.finish()
        }
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await _ in written {}
                return self.file.problem
            }
            group.addTask {
                try? await clock.sleep(for: limit)
                return "\(self.file.path): not everything was written within \(limit.text)"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
