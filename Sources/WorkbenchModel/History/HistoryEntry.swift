public import RPCCore

/// An earlier call, as a list shows it.
public struct HistoryEntry: Hashable, Sendable {
    /// How far a call has come.
    public enum Stage: String, Hashable, Sendable, CaseIterable {
        /// It goes on, in this program or in another.
        case running
        case ended
        /// The program was gone before the call had ended.
        case interrupted
        /// The call went on, and the record of it did not.
        case incomplete
    }

    /// Its number in the history.
    public var id: Int64
    public var stage: Stage
    /// When it began, for people: `2026-11-22 12:00:01`.
    public var started: String
    /// The server, as a user writes it. Not yet made safe for a terminal, as nothing here that is text.
    public var server: String
    public var kind: CallKind
    /// What was called, where it is not the usual method of the kind.
    public var method: MethodRef?
    /// The status code of a call that has ended.
    public var code: StatusCode?
    /// Why it failed.
    public var cause: String?
    public var attempts: Int
    public var sent: Int
    /// Replies received, as ``Delivery`` counts them.
    public var received: Int
    /// Every request up to this number is answered.
    public var answered: Int
    /// From the beginning to the last event.
    public var lasted: Duration
    /// Whether it was imported, and may be somebody else's.
    public var isImported: Bool

    public init(
        id: Int64, stage: Stage = .ended, started: String, server: String, kind: CallKind, method: MethodRef? = nil,
        code: StatusCode? = .ok, cause: String? = nil, attempts: Int = 1, sent: Int, received: Int, answered: Int,
        lasted: Duration,
        isImported: Bool = false
    ) {
        (self.id, self.stage, self.started, self.server) = (id, stage, started, server)
        (self.kind, self.code, self.cause, self.attempts) = (kind, code, cause, attempts)
        (self.sent, self.received, self.answered, self.lasted) = (sent, received, answered, lasted)
        self.isImported = isImported
        self.method = method
    }

    /// What was called, in some words. Not yet made safe for a terminal.
    public var title: String { method?.shortName ?? kind.title }

    /// `OK`, the name of another status code, or how far a call has come that has none.
    public var status: String { code?.name ?? stage.rawValue }
}
