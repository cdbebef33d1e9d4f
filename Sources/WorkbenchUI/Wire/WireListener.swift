import RPCCore
import WorkbenchModel

/// Listens to the wire while the pane is open, and keeps what it hears in a log.
@MainActor
final class WireListener {
    private(set) var log = WireLog()
    private let tap: WireTap
    private let onRecord: @Sendable () -> Void
    private let post: @Sendable (WireMessage) -> Void

    /// - Parameters:
    ///   - onRecord: Called on any thread, at most once until ``take()``.
    ///   - post: Is given what comes of an effect.
    init(_ tap: WireTap, onRecord: @escaping @Sendable () -> Void, post: @escaping @Sendable (WireMessage) -> Void) {
        self.tap = tap
        self.onRecord = onRecord
        self.post = post
    }

    func run(_ effect: WireEffect) {
        switch effect {
        case .listen:
            // Only a clock that is the tap's own can say what time it was.
            log.beginning = (tap.clock.now, tap.clock.wallTime)
            tap.listen(onRecord: onRecord)
        case .stop:
            tap.stopListening()
            onRecord()
        case .goOn: onRecord()
        case .filter(let pattern):
            log.filter(pattern)
            post(progress)
        case .find(let pattern, let row, let goesForward):
            post(.found(row: log.find(pattern, from: row, goesForward: goesForward)))
        }
    }

    /// Takes what has travelled.
    func take() -> WireMessage {
        let (records, dropped) = tap.take()
        log.append(records, dropped: dropped)
        return progress
    }

    /// The record of a row as a line of JSON.
    func line(ofRow row: Int) -> String? {
        guard let record = log.record(atRow: row) else { return nil }
        var output = JSONText(isTerminalSafe: true)
        WireLines(start: log.beginning?.time ?? .zero).append(record, to: &output)
        return String(output.string.dropLast())
    }

    private var progress: WireMessage { .progressed(log.summary, rows: log.rows) }
}
