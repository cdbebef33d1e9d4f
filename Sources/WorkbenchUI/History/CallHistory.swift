public import RPCCore
public import WorkbenchModel

/// The calls that were made, on the disk. The composition root knows where and how; the workbench only knows that they can be
/// listed, opened and deleted. Everything here may take as long as a disk does: nobody waits for it but tasks of their own.
public protocol CallHistory: Sendable {
    /// Part of the list of calls, the newest first.
    func calls(_ query: HistoryQuery) async throws(HistoryProblem) -> [HistoryEntry]

    /// Reads what is known of a call besides its messages.
    /// - Parameter onChange: Called on some thread when messages have come that the transcript was asked for.
    /// - Throws: ``HistoryProblem`` where there is no such call any more, or it goes on.
    func open(_ call: Int64, onChange: @escaping @Sendable () -> Void) async throws(HistoryProblem) -> OpenedCall

    /// Deletes a call.
    /// - Throws: ``HistoryProblem`` where it goes on, and stays.
    func delete(_ call: Int64) async throws(HistoryProblem)

    /// Writes a call to a file, all of it or nothing.
    /// - Returns: `false` where there is a file already that is not to be replaced.
    func export(_ export: CallExport) async throws(HistoryProblem) -> Bool

    /// What a call has sent, as a plan that reads it when it is needed. A call that is not there any more fails it.
    func requests(of call: Int64, correlation: Correlation?) -> any RequestPlan
}

/// A call of the history that can be looked at.
public struct OpenedCall: Sendable {
    public var facts: RecordedFacts
    /// Its messages, read from the disk as they are asked for.
    public var transcript: any TranscriptReading
    /// Goes through all its events, in the order in which they happened, until the task is cancelled.
    public var replay: @Sendable (_ body: (CallEvent) -> Void) async throws(HistoryProblem) -> Void

    public init(
        _ facts: RecordedFacts, transcript: any TranscriptReading,
        replay: @escaping @Sendable (_ body: (CallEvent) -> Void) async throws(HistoryProblem) -> Void
    ) {
        self.facts = facts
        self.transcript = transcript
        self.replay = replay
    }
}
