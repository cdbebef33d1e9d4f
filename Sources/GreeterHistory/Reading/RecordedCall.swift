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
    /// Messages received, of every sort.
    public var received: Int
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
        id = try row.read("id")
        guard let kind = CallKind(rawValue: try row.read("kind")),
            let stored = CallRowState(rawValue: try row.read("state"))
        else {
            throw BlockDamage()
        }
        switch stored {
        case .running: state = locks.isHeld(id) ? .running : .interrupted
        case .ended: state = .ended
        case .interrupted, .deleted: state = .interrupted
        case .incomplete: state = .incomplete
        }
        head = CallHead(
            server: try row.read("server"), kind: kind,
            options: try OptionsText(json: row.read("options")).options,
            plan: try row.readIfPresent("plan"), directory: try row.read("directory"))
        started = Date(clampingSecondsSince1970: try row.read("started"))
        start = .nanoseconds(try row.read("start") as Int64)
        lasted = .nanoseconds(try row.read("lasted") as Int64)
        (attempts, sent, received) = (try row.count("attempts"), try row.count("sent"), try row.count("received"))
        (answered, refused) = (try row.count("answered"), try row.count("refused"))
        (events, bytes) = (try row.count("events"), try row.count("bytes"))
        code = (try row.readIfPresent("code") as Int?).flatMap { StatusCode(rawValue: $0) }
        cause = try row.readIfPresent("cause")
        isImported = try row.read("imported")
    }
}
