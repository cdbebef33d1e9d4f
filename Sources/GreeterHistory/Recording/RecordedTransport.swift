import Foundation
public import GreeterCore

/// A transport whose calls are recorded.
public struct RecordedTransport: GreeterTransport {
    private let transport: any GreeterTransport
    private let history: HistoryStore
    private let name: String
    private let text: @Sendable (PlanDocument) -> String?

    /// - Parameters:
    ///   - name: The server as it is to be found again.
    ///   - text: Writes a plan down; `nil` where it cannot be written.
    public init(
        _ transport: any GreeterTransport, in history: HistoryStore, server name: String,
        text: @escaping @Sendable (PlanDocument) -> String?
    ) {
        self.transport = transport
        self.history = history
        self.name = name
        self.text = text
    }

    public var server: ServerAddress { transport.server }

    @discardableResult
    public func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let plan = call.plan.written
        let directory = PathText.resolved(plan?.directory ?? "", in: FileManager.default.currentDirectoryPath)
        let head = CallHead(
            server: name, kind: call.kind, options: call.options, plan: plan.flatMap { text($0) },
            directory: directory)
        let recorder = await history.record(head, for: observer)
        if let place = call.record {
            recorder.progress.whenChanged(place.onChange)
            place.transcript = StoredTranscript(recorder.progress, in: history, onChange: place.onChange)
        }
        return await transport.perform(call, observer: recorder)
    }

    public func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        try await transport.checkHealth(deadline: deadline)
    }

    public func shutdown() async {
        await transport.shutdown()
    }
}
