import RPCCore

extension State {
    mutating func openHistory() -> [Effect] {
        let browser = HistoryBrowser()
        return open(browser) + (browser.pending.map { [.history(.list($0))] } ?? [])
    }

    mutating func handle(_ message: HistoryMessage) -> [Effect] {
        switch message {
        case .deletionAsked: askForDeletion()
        case .deletionConfirmed(let call): delete(call)
        case .runConfirmed: runRecordedConfirmed()
        case .exportConfirmed(let order): start(order)
        case .listed(let query, let result): listed(query, result)
        case .called(let entries): noteCalled(entries)
        case .opened(let call, let result): opened(call, result)
        case .replayed(let callID, let result): replayed(callID: callID, result)
        case .deleted(let call, let problem): deleted(call, problem)
        case .exported(let order, let outcome): exported(order, outcome)
        }
    }

    // MARK: The list

    private mutating func listed(
        _ query: HistoryQuery, _ result: Result<[HistoryEntry], HistoryProblem>
    ) -> [Effect] {
        var isAccepted = false
        alter(HistoryBrowser.self) { browser in
            guard browser.pending == query else { return }
            isAccepted = browser.isAccepted
            browser.isAccepted = false
            switch result {
            case .success(let page): browser.show(page, for: query)
            case .failure(let problem): browser.fail(problem)
            }
        }
        return isAccepted ? historyBrowser?.accept(in: &self) ?? [] : []
    }

    // MARK: Opening

    private mutating func opened(_ call: Int64, _ result: Result<RecordedFacts, HistoryProblem>) -> [Effect] {
        guard historyBrowser?.work == .opening(call) else { return [] }
        switch result {
        case .failure(let problem): return refuseInHistory(problem.text)
        case .success(let facts):
            guard !isCallLive else { return refuseInHistory(HistoryBrowser.liveCallReason) }
            overlays.removeAll { $0.component is HistoryBrowser }
            return show(facts)
        }
    }

    private mutating func refuseInHistory(_ reason: String) -> [Effect] {
        change(HistoryBrowser.self) { $0.refuse(reason) }
    }

    // MARK: Deleting

    private mutating func askForDeletion() -> [Effect] {
        guard let browser = historyBrowser, browser.work == nil, !browser.isStale, let entry = browser.selection
        else { return [] }
        guard entry.stage != .running else {
            return refuseInHistory("call \(entry.id) goes on, and cannot be deleted before it has ended")
        }
        return open(Question.deleteCall(entry))
    }

    private mutating func delete(_ call: Int64) -> [Effect] {
        alter(HistoryBrowser.self) { $0.work = .deleting(call) }
        return [.history(.delete(call))]
    }

    private mutating func deleted(_ id: Int64, _ problem: HistoryProblem?) -> [Effect] {
        alter(HistoryBrowser.self) { if $0.work == .deleting(id) { $0.work = nil } }
        if let problem {
            guard historyBrowser == nil else { return refuseInHistory(problem.text) }
            return say(.failure, "not deleted: \(problem.text)")
        }
        notice = Notice(.success, "call \(id) is deleted")
        let effects = change(HistoryBrowser.self) { $0.remove(id) }
        guard call?.recorded?.id == id else { return effects }
        call = nil
        followCall()
        return effects + [.history(.close)]
    }

    private var historyBrowser: HistoryBrowser? {
        overlays.lazy.compactMap { $0.component as? HistoryBrowser }.first
    }
}

extension Question {
    /// Before a recorded call is deleted for good.
    fileprivate static func deleteCall(_ entry: HistoryEntry) -> Question {
        Question(
            "Delete call \(entry.id)",
            [
                "\(entry.title) of \(entry.started),", "\(entry.sent) sent, \(entry.received) received.",
                entry.server,
            ],
            [
                Choice("y", "delete it", .history(.deletionConfirmed(entry.id))),
                Choice("n", "keep it", .overlayDismissed),
            ])
    }
}
