import RPCCore
import WorkbenchModel

/// Does what the view-model asks for about earlier calls, and posts what came of it.
@MainActor
final class HistoryEffectRunner {
    private let history: (any CallHistory)?
    private let onTranscriptChange: @Sendable () -> Void
    private let post: @Sendable (HistoryMessage) -> Void
    /// The call that was read last, and is not on screen yet.
    private var opened: OpenedCall?
    /// The earlier call on screen.
    private var shown: OpenedCall?
    private var tasks = NamedTasks<Name>()

    private enum Name: Hashable {
        case list, called, open, replay, export
        case delete(Int64)
    }

    /// - Parameters:
    ///   - history: `nil` where none is kept.
    ///   - onTranscriptChange: Called on some thread when messages have come that are on screen.
    init(
        _ history: (any CallHistory)?, onTranscriptChange: @escaping @Sendable () -> Void,
        post: @escaping @Sendable (HistoryMessage) -> Void
    ) {
        self.history = history
        self.onTranscriptChange = onTranscriptChange
        self.post = post
    }

    /// The messages of the earlier call on screen, if one is.
    var transcript: (any TranscriptReading)? { shown?.transcript }

    /// Its first attempt.
    var start: Attempt? { shown?.facts.progress.attempts.first?.attempt }

    func run(_ effect: HistoryEffect) {
        switch effect {
        case .list(let query): list(query)
        case .findCalled: findCalled()
        case .open(let call): open(call)
        case .show(let call, let callID): show(call, as: callID)
        case .close: close()
        case .delete(let call): delete(call)
        case .export(let order): export(order)
        }
    }

    /// Takes the messages of the earlier call off the screen.
    func close() {
        tasks[.replay]?.cancel()
        shown = nil
    }

    /// What an earlier call has sent.
    func requests(of call: Int64, correlation: Correlation?) -> (any RequestPlan)? {
        history?.requests(of: call, correlation: correlation)
    }

    /// Ends what goes on.
    /// - Returns: what is still ending.
    func finish() -> [Task<Void, Never>] { tasks.cancel() }

    private func list(_ query: HistoryQuery) {
        guard let history else { return post(.listed(query, .failure(.off))) }
        tasks.replace(.list) { @MainActor [post] in
            let result = await outcome { () async throws(HistoryProblem) in try await history.calls(query) }
            if !Task.isCancelled { post(.listed(query, result)) }
        }
    }

    private func findCalled() {
        guard let history else { return }
        tasks.replace(.called) { @MainActor [post] in
            let result = await outcome { () async throws(HistoryProblem) in
                try await history.calls(HistoryQuery(.newest))
            }
            if let calls = try? result.get(), !Task.isCancelled { post(.called(calls)) }
        }
    }

    private func open(_ call: Int64) {
        guard let history else { return post(.opened(call, .failure(.off))) }
        tasks.replace(.open) { @MainActor [self, onTranscriptChange] in
            let result = await outcome { () async throws(HistoryProblem) in
                try await history.open(call, onChange: onTranscriptChange)
            }
            guard !Task.isCancelled else { return }
            opened = try? result.get()
            post(.opened(call, result.map(\.facts)))
        }
    }

    private func show(_ call: Int64, as id: Int) {
        guard let opened, opened.facts.entry.id == call else { return }
        close()
        self.opened = nil
        shown = opened
        tasks.replace(.replay) { @MainActor [post] in
            let result = await Self.replay(opened)
            if !Task.isCancelled { post(.replayed(callID: id, result)) }
        }
    }

    /// Goes through a call beside the main thread.
    private nonisolated static func replay(_ call: OpenedCall) async -> Result<CallProgress, HistoryProblem> {
        var progress = CallProgress()
        var meter = TimingMeter()
        do throws(HistoryProblem) {
            try await call.replay { event in
                progress.apply(event)
                meter.observe(event)
            }
        } catch {
            return .failure(error)
        }
        progress.timing = meter.timing
        progress.breakOff()
        return .success(progress)
    }

    private func export(_ order: CallExport) {
        guard let history else { return post(.exported(order, .failed(.off))) }
        tasks.replace(.export) { @MainActor [post] in
            let result = await outcome { () async throws(HistoryProblem) in try await history.export(order) }
            guard !Task.isCancelled else { return }
            switch result {
            case .success(let isWritten): post(.exported(order, isWritten ? .exported : .exists))
            case .failure(let problem): post(.exported(order, .failed(problem)))
            }
        }
    }

    private func delete(_ call: Int64) {
        guard let history else { return post(.deleted(call, .off)) }
        tasks.replace(.delete(call)) { @MainActor [self] in
            let result = await outcome { () async throws(HistoryProblem) in try await history.delete(call) }
            tasks.drop(.delete(call))
            if case .failure(let problem) = result { post(.deleted(call, problem)) } else { post(.deleted(call, nil)) }
        }
    }
}
