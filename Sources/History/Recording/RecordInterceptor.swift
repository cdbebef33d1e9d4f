import Foundation
public import RPCCore

/// Records calls, and leaves the record of each at ``RecordPlace/current``.
public struct RecordInterceptor: CallInterceptor {
    private let history: HistoryStore
    private let name: String

    /// - Parameter name: The server as it is to be found again.
    public init(in history: HistoryStore, server name: String) {
        self.history = history
        self.name = name
    }

    public func intercept(
        _ call: Call, observer: any CallObserver, next: @escaping CallHandler
    ) async -> CallOutcome {
        let plan = call.plan.written
        let directory = PathText.resolved(plan?.directory ?? "", in: FileManager.default.currentDirectoryPath)
        let head = CallHead(
            server: name, kind: call.kind, options: call.options, plan: plan?.text, directory: directory)
        let recorder = await history.record(head, of: call.method, for: observer)
        if let place = RecordPlace.current {
            recorder.progress.whenChanged(place.onChange)
            place.transcript = StoredTranscript(
                recorder.progress, of: call.method, in: history, onChange: place.onChange)
        }
        return await next(call, recorder)
    }
}
