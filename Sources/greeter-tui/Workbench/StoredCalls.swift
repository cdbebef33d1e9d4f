import Foundation
import History
import RPCCore
import WorkbenchModel
import WorkbenchUI

/// The history of this account, as the workbench looks at it.
struct StoredCalls: CallHistory {
    private let history: HistoryStore
    private let zone: TimeZone

    init(_ history: HistoryStore, in zone: TimeZone) {
        self.history = history
        self.zone = zone
    }

    func calls(_ query: HistoryQuery) async throws(HistoryProblem) -> [HistoryEntry] {
        let calls = try await Self.throwing { try await history.calls(CallQuery(query)) }
        return calls.map { HistoryEntry($0, in: zone) }
    }

    func open(_ call: Int64, onChange: @escaping @Sendable () -> Void) async throws(HistoryProblem) -> OpenedCall {
        try await Self.throwing {
            let call = try await history.call(call)
            guard call.state != .running else {
                throw HistoryProblem.failed("call \(call.id) goes on, and can be opened when it has ended")
            }
            let transcript = history.transcript(of: call, onChange: onChange)
            return OpenedCall(
                try await facts(of: call), transcript: transcript,
                replay: { [history] body throws(HistoryProblem) in
                    try await Self.throwing {
                        for try await event in history.events(of: call) { body(event.event) }
                    }
                })
        }
    }

    func delete(_ call: Int64) async throws(HistoryProblem) {
        let count = try await Self.throwing { try await history.delete([call]) }
        guard count > 0 else { throw .failed("call \(call) goes on, or is not there any more") }
    }

    func export(_ export: CallExport) async throws(HistoryProblem) -> Bool {
        try await Self.throwing { try await ExportFile.write(export, of: history) }
    }

    func requests(of call: Int64, correlation: Correlation?) -> any RequestPlan {
        RecordedPlan(of: call, in: history, correlation: correlation)
    }

    private func facts(of call: RecordedCall) async throws -> RecordedFacts {
        var progress = CallProgress()
        try await history.facts(of: call) { progress.apply($0) }
        progress.count(
            sent: call.sent, received: call.messagesReceived, noise: call.messagesReceived - call.received,
            answered: call.answered)
        progress.breakOff()
        let method = try await history.method(of: call)
        return RecordedFacts(
            entry: HistoryEntry(call, in: zone), options: call.head.options,
            plan: try? call.runnablePlan(of: method.input), progress: progress,
            method: call.method.map { _ in MethodEntry(method) })
    }

    /// Says in words what goes wrong.
    private static func throwing<Value>(_ body: () async throws -> Value) async throws(HistoryProblem) -> Value {
        do {
            return try await body()
        } catch {
            throw error as? HistoryProblem ?? .failed("\(error)")
        }
    }
}

extension CallQuery {
    fileprivate init(_ query: HistoryQuery) {
        self.init(text: query.text, limit: query.limit)
        switch query.part {
        case .newest: break
        case .before(let call): before = call
        case .after(let call): after = call
        }
    }
}

extension HistoryEntry {
    /// Characters of a cause that a list can show: a longer one is cut.
    private static let textLimit = 500

    fileprivate init(_ call: RecordedCall, in zone: TimeZone) {
        let stage: Stage =
            switch call.state {
            case .running: .running
            case .ended: .ended
            case .interrupted: .interrupted
            case .incomplete: .incomplete
            }
        self.init(
            id: call.id, stage: stage, started: call.started.text(in: zone),
            server: call.head.server, kind: call.head.kind, method: call.method, code: call.code,
            cause: call.cause.map { String($0.prefix(Self.textLimit)) }, attempts: call.attempts, sent: call.sent,
            received: call.received, answered: call.answered, lasted: call.lasted, isImported: call.isImported)
    }
}
