import Plans
import RPCCore
import Synchronization
import WorkbenchModel
import WorkbenchUI

/// Earlier calls in memory. Their messages are there at once; what is known of them is said by ``problem`` not to be.
final class MemoryHistory: CallHistory {
    /// A call and everything that happened in it.
    struct Call: Sendable {
        var facts: RecordedFacts
        var events: [CallEvent]
    }

    private struct State {
        var calls: [Call]
        var problem: HistoryProblem?
        var queries: [HistoryQuery] = []
        var exports: [CallExport] = []
    }

    private let state: Mutex<State>

    init(_ calls: [Call], problem: HistoryProblem? = nil) {
        state = Mutex(State(calls: calls, problem: problem))
    }

    /// The numbers of the calls that are there.
    var numbers: [Int64] { state.withLock { $0.calls.map(\.facts.entry.id) } }

    /// What was asked for.
    var queries: [HistoryQuery] { state.withLock { $0.queries } }

    func calls(_ query: HistoryQuery) async throws(HistoryProblem) -> [HistoryEntry] {
        let (calls, problem) = state.withLock { state in
            state.queries.append(query)
            return (state.calls, state.problem)
        }
        if let problem { throw problem }
        let entries = calls.map(\.facts.entry).filter { entry in
            "\(entry.server) \(entry.kind.rawValue) \(entry.status) \(entry.cause ?? "")"
                .containsIgnoringCase(query.text)
        }
        return switch query.part {
        case .newest: Array(entries.prefix(query.limit))
        case .before(let call): Array(entries.filter { $0.id < call }.prefix(query.limit))
        case .after(let call): Array(entries.filter { $0.id > call }.suffix(query.limit))
        }
    }

    func open(_ id: Int64, onChange: @escaping @Sendable () -> Void) async throws(HistoryProblem) -> OpenedCall {
        let call = try call(id)
        guard call.facts.entry.stage != .running else { throw .failed("call \(id) goes on") }
        let transcript = MemoryTranscript()
        for event in call.events {
            if case .sent(let messages) = event { transcript.append(messages, to: .sent) }
            if case .received(let messages) = event { transcript.append(messages, to: .received) }
        }
        return OpenedCall(
            call.facts, transcript: transcript,
            replay: { body throws(HistoryProblem) in
                for event in call.events { body(event) }
            })
    }

    func delete(_ id: Int64) async throws(HistoryProblem) {
        _ = try call(id)
        state.withLock { $0.calls.removeAll { $0.facts.entry.id == id } }
    }

    /// What was exported: the order as it came last.
    var exports: [CallExport] { state.withLock { $0.exports } }

    func export(_ export: CallExport) async throws(HistoryProblem) -> Bool {
        _ = try call(export.call)
        return state.withLock { state in
            let isThere = state.exports.contains { $0.path == export.path }
            if isThere, !export.replaces { return false }
            state.exports.append(export)
            return true
        }
    }

    func requests(of id: Int64, correlation: Correlation?) -> any RequestPlan {
        let names = (try? call(id))?.events.flatMap { event -> [String] in
            guard case .sent(let messages) = event else { return [] }
            return messages.compactMap { if case .request(let request) = $0.body { request.name } else { nil } }
        }
        return PlanRun(names: names ?? [])
    }

    private func call(_ id: Int64) throws(HistoryProblem) -> Call {
        let (call, problem) = state.withLock { state in
            (state.calls.first { $0.facts.entry.id == id }, state.problem)
        }
        if let problem { throw problem }
        guard let call else { throw .failed("there is no call \(id) in the history") }
        return call
    }
}

extension MemoryHistory {
    /// Three calls: one that went well, one that was typed, and one that goes on.
    static func samples() -> MemoryHistory {
        let plan = PlanDocument(names: ["Ana", "Zoë"])
        return MemoryHistory([
            sample(9, stage: .running, code: nil, plan: plan), sample(8, server: "http://elsewhere:8000", plan: nil),
            sample(7, plan: plan),
        ])
    }

    private static func sample(
        _ id: Int64, stage: HistoryEntry.Stage = .ended, code: StatusCode? = .ok, server: String = "demo:",
        plan: PlanDocument?
    ) -> Call {
        let start: CallEvent = .attemptStarted(
            Attempt(start: .seconds(100), wallTime: .init(timeIntervalSince1970: 1_795_348_801)))
        let end: CallEvent = .ended(
            CallOutcome(
                delivery: Delivery(sent: 3, answered: 3, received: 1), time: .seconds(101),
                rule: "the server closed", result: 1))
        let messages: [CallEvent] = [
            .sent(Scene.requests(3)), .received([Scene.reply(1, "Hello from call \(id)!", at: 4, answers: 3)]),
            .acknowledged(upTo: 3),
        ]
        var progress = CallProgress()
        for event in [start, end] { progress.apply(event) }
        progress.count(sent: 3, received: 1, answered: 3)
        let entry = HistoryEntry(
            id: id, stage: stage, started: "2026-11-22 12:00:0\(id)", server: server, kind: .bidirectional, code: code,
            sent: 3, received: 1, answered: 3, lasted: .seconds(1))
        return Call(
            facts: RecordedFacts(entry: entry, options: CallOptions(), plan: plan, progress: progress),
            events: [start] + messages + [end])
    }
}
