public import Foundation
public import RPCCore

/// A call of the history: what a list shows of it, and what is needed to make it again.
public struct RecordedCall: Hashable, Sendable {
    /// Its number in the history.
    public var id: Int64
    public var state: State
    public var head: CallHead
    /// The method, where its definition is kept with the call; `nil` of one that the program knows by itself.
    public var method: MethodRef?
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
    /// Those that are certainly not processed. See ``Delivery/unprocessed``. `nil` of a call of an earlier version.
    public var unprocessed: Int?
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
    /// - Throws: ``BlockDamage`` where the row has what no call has: SQLite keeps whatever it is given.
    init(_ row: CallRow, locks: CallLocks) throws {
        func count(_ number: Int) throws -> Int {
            guard let count = number.asCount else { throw BlockDamage() }
            return count
        }
        guard let id = row.id, let kind = CallKind(rawValue: row.kind) else { throw BlockDamage() }
        self.id = id
        switch row.state {
        case .running: state = locks.isHeld(id) ? .running : .interrupted
        case .ended: state = .ended
        case .interrupted, .deleted: state = .interrupted
        case .incomplete: state = .incomplete
        }
        head = CallHead(
            server: row.server, kind: kind, options: try OptionsText(json: row.options).options, plan: row.plan,
            directory: row.directory)
        method = row.method.map { MethodRef(fullName: $0, kind: kind) }
        started = Date(clampingSecondsSince1970: row.started)
        start = .nanoseconds(row.start)
        lasted = .nanoseconds(row.lasted)
        (attempts, sent) = (try count(row.attempts), try count(row.sent))
        messagesReceived = try count(row.received)
        received = try count(row.replies ?? row.received)
        (answered, refused) = (try count(row.answered), try count(row.refused))
        unprocessed = try row.unprocessed.map(count)
        (events, bytes) = (try count(row.events), try count(row.bytes))
        code = row.code.flatMap { StatusCode(rawValue: $0) }
        cause = row.cause
        isImported = row.imported
    }
}
