public import Foundation
import GRDB
public import GreeterCore

/// A call of the history: what a list shows of it, and what is needed to make it again.
public struct RecordedCall: Hashable, Sendable {
    /// Its number in the history.
    public var id: Int64
    public var state: State
    public var head: CallHead
    /// When it began, by the clock on the wall, and as ``CallClock/now`` of then.
    public var started: Date
    public var start: Duration
    /// From the beginning to the last event.
    public var lasted: Duration
    public var attempts: Int
    public var sent: Int
    /// Replies received, as ``Delivery`` counts them. Of a call of an earlier version, the messages.
    public var received: Int
    /// Messages received, of every sort: replies, refusals and echoes of the end marker.
    public var messagesReceived: Int
    public var answered: Int
    public var refused: Int
    /// Events, each message one.
    public var events: Int
    /// What it takes on the disk, in bytes, as a rule.
    public var bytes: Int
    /// The status code of a call that has ended.
    public var code: StatusCode?
    /// Why it failed.
    public var cause: String?
    /// Whether it was imported.
    public var isImported: Bool

    /// How far a call has come.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case running
        case ended
        /// The program was gone before the call had ended. The counts are those of what is recorded.
        case interrupted
        /// The call went on, and the record did not. The counts are those of what is recorded.
        case incomplete
    }

    /// `OK`, the name of another status code, or the state of what has none.
    public var status: String { code?.name ?? state.rawValue }
}

extension RecordedCall {
    init(_ row: Row, locks: CallLocks) throws {
        id = row["id"]
        guard let kind = CallKind(rawValue: row["kind"]), let stored = CallRowState(rawValue: row["state"]) else {
            throw BlockDamage()
        }
        switch stored {
        case .running: state = locks.isHeld(id) ? .running : .interrupted
        case .ended: state = .ended
        case .interrupted, .deleted: state = .interrupted
        case .incomplete: state = .incomplete
        }
        head = CallHead(
            server: row["server"], kind: kind, options: try OptionsText(json: row["options"]).options,
            plan: row["plan"], directory: row["directory"])
        started = Date(timeIntervalSince1970: row["started"])
        start = .nanoseconds(row["start"] as Int64)
        lasted = .nanoseconds(row["lasted"] as Int64)
        (attempts, sent, messagesReceived) = (row["attempts"], row["sent"], row["received"])
        received = row["replies"] ?? messagesReceived
        (answered, refused, events, bytes) = (row["answered"], row["refused"], row["events"], row["bytes"])
        code = (row["code"] as Int?).flatMap { StatusCode(rawValue: $0) }
        cause = row["cause"]
        isImported = row["imported"]
    }
}
