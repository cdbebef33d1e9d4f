public import Plans
public import RPCCore

/// What is to be done with earlier calls outside the view-model.
public enum HistoryEffect: Hashable, Sendable {
    /// Answers with ``HistoryMessage/listed(_:_:)``, unless another list is asked for before.
    case list(HistoryQuery)
    /// Looks which methods were called last; answers with ``HistoryMessage/called(_:)``, and with nothing where nobody knows.
    case findCalled
    /// Reads what is known of a call; answers with ``HistoryMessage/opened(_:_:)``.
    case open(Int64)
    /// Puts the messages of the call that was opened on screen, under the number that it has in this run, and goes through all
    /// its events; answers with ``HistoryMessage/replayed(callID:_:)``.
    case show(Int64, callID: Int)
    /// Takes the messages of an earlier call off the screen.
    case close
    /// Answers with ``HistoryMessage/deleted(_:_:)``.
    case delete(Int64)
    /// Answers with ``HistoryMessage/exported(_:_:)``.
    case export(CallExport)

    /// Whether other messages are on screen then.
    public var changesTranscript: Bool {
        switch self {
        case .show, .close: true
        case .list, .findCalled, .open, .delete, .export: false
        }
    }
}

/// What has happened to earlier calls. Part of ``Message``.
public enum HistoryMessage: Hashable, Sendable {
    // What the user did.
    /// Wants the chosen call deleted, which is asked about.
    case deletionAsked
    case deletionConfirmed(Int64)
    /// Agreed to run a call that was imported.
    case runConfirmed
    /// Agreed to replace a file by an export.
    case exportConfirmed(CallExport)

    // What came of an effect.
    case listed(HistoryQuery, Result<[HistoryEntry], HistoryProblem>)
    /// The calls that were made last, the newest first.
    case called([HistoryEntry])
    case opened(Int64, Result<RecordedFacts, HistoryProblem>)
    /// Everything that happened in the call on screen.
    case replayed(callID: Int, Result<CallProgress, HistoryProblem>)
    /// What kept a call from being deleted; `nil` where it is.
    case deleted(Int64, HistoryProblem?)
    case exported(CallExport, ExportOutcome)
}

/// Part of the list of earlier calls, the newest first.
public struct HistoryQuery: Hashable, Sendable {
    /// Which part.
    public enum Part: Hashable, Sendable {
        case newest
        /// Those that are next to a call and older.
        case before(Int64)
        /// Those that are next to a call and newer.
        case after(Int64)
    }

    /// In the server, the kind, the status, the cause or the plan of a call, whatever the case of its letters, or its number.
    public var text: String
    public var part: Part
    /// How many calls at most.
    public var limit: Int

    public init(text: String = "", _ part: Part, limit: Int = HistoryBrowser.pageLength) {
        self.text = text
        self.part = part
        self.limit = limit
    }
}

/// What is known of an earlier call besides its messages.
public struct RecordedFacts: Hashable, Sendable {
    public var entry: HistoryEntry
    public var options: CallOptions
    /// Its plan, where that can be run: neither for a call that was typed nor for one that came from standard input.
    public var plan: PlanDocument?
    /// Its attempts, its notices and its end, and how many messages there were.
    public var progress: CallProgress
    /// What was called, where it is not the usual method of the kind.
    public var method: MethodEntry?

    public init(
        entry: HistoryEntry, options: CallOptions, plan: PlanDocument?, progress: CallProgress,
        method: MethodEntry? = nil
    ) {
        self.entry = entry
        self.options = options
        self.plan = plan
        self.progress = progress
        self.method = method
    }
}

/// Why something could not be done with the history.
public enum HistoryProblem: Error, Hashable, Sendable {
    /// None is kept.
    case off
    /// In one line without a full stop.
    case failed(String)

    /// In words. Not yet made safe for a terminal.
    public var text: String {
        switch self {
        case .off:
            "no history is kept: --no-history, GREETER_TUI_HISTORY or history.enabled says so, or there is no place for it"
        case .failed(let reason): reason
        }
    }
}
