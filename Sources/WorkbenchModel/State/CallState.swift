public import Plans
public import RPCCore
public import Retry

/// The call on screen.
public struct CallState: Hashable, Sendable {
    /// Counted from 1 in this run of the program.
    public var id: Int
    public var kind: CallKind
    /// The server that it goes to, as it was asked for, and where that really is; `nil` where it is not connected.
    public var server = ""
    public var address: ServerAddress?
    /// What is called, where it is not the usual method of the kind.
    public var method: MethodEntry?
    /// The plan it was started with, to run it again.
    public var plan: PlanDocument
    public var options: CallOptions
    /// Whether the stream stays open after the plan, for messages typed by hand.
    public var isHeldOpen: Bool
    public var retry: RetryPolicy
    /// The faults that its server was told to have.
    public var faults: [FaultOrder]
    /// Whether receiving is paused: the server is held back.
    public var isPaused = false
    /// Whether the half-close was asked for.
    public var isHalfCloseAsked = false
    /// Whether the user has asked to cancel.
    public var isCancelAsked = false
    public var progress = CallProgress()
    /// The oldest messages that can still be shown, as numbers.
    public var oldestSent = 1
    public var oldestReceived = 1
    /// What the history knows of it, where it is an earlier call and not one that was started here.
    public var recorded: HistoryEntry?
    /// The call of the history whose requests it sends, in place of a plan.
    public var resends: Int64?

    public init(
        id: Int, kind: CallKind, plan: PlanDocument, options: CallOptions = CallOptions(), isHeldOpen: Bool,
        retry: RetryPolicy = .standard, faults: [FaultOrder] = []
    ) {
        self.id = id
        self.kind = kind
        self.plan = plan
        self.options = options
        self.isHeldOpen = isHeldOpen
        self.retry = retry
        self.faults = faults
    }

    /// What people call it: its number in the history, which is the same everywhere, and where there is no history that of
    /// this run of the program. `nil` as long as the history has not said, and before the first attempt, when nobody knows whether
    /// there is one.
    public var number: Int64? {
        if let recorded { return recorded.id }
        switch progress.record {
        case .none: return progress.attempts.isEmpty ? nil : Int64(id)
        case .begun: return nil
        case .call(let number): return number
        }
    }

    /// The server that it went to, where that is another than this one.
    public func server(otherThan present: ServerStatus) -> String? {
        let own = recorded?.server ?? server
        return own.isEmpty || present.isNamed(own) ? nil : own
    }

    /// How many messages of a direction there were.
    public func count(of direction: Direction) -> Int { direction == .sent ? progress.sent : progress.received }

    /// The oldest message of a direction that can still be shown, as a number.
    public func oldest(of direction: Direction) -> Int { direction == .sent ? oldestSent : oldestReceived }

    /// Whether the call goes on.
    public var isLive: Bool { recorded == nil && progress.outcome == nil }

    /// Whether a typed message can still be sent.
    public var takesMessages: Bool {
        isLive && kind.streamsRequests && isHeldOpen && !isHalfCloseAsked && !progress.sendStatus.isClosed
    }
}
