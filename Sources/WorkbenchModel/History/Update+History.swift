import RPCCore

extension State {
    mutating func openHistory() -> [Effect] {
        let browser = HistoryBrowser()
        return open(.history(browser)) + (browser.pending.map { [.history(.list($0))] } ?? [])
    }

    mutating func handle(_ message: HistoryMessage) -> [Effect] {
        switch message {
        case .deletionAsked: askForDeletion()
        case .deletionConfirmed(let call): delete(call)
        case .runConfirmed: runRecordedConfirmed()
        case .listed(let query, let result): listed(query, result)
        case .opened(let call, let result): opened(call, result)
        case .replayed(let callID, let result): replayed(callID: callID, result)
        case .deleted(let call, let problem): deleted(call, problem)
        }
    }

    // MARK: The list

    mutating func typeInHistory(_ text: String) -> [Effect] {
        changeHistory { $0.type(text) }
    }

    mutating func stepInHistory(by distance: Int) -> [Effect] {
        changeHistory { $0.step(by: distance) }
    }

    private mutating func listed(
        _ query: HistoryQuery, _ result: Result<[HistoryEntry], HistoryProblem>
    ) -> [Effect] {
        guard let browser = historyBrowser, browser.pending == query else { return [] }
        let isAccepted = browser.isAccepted
        changeHistory { browser in
            switch result {
            case .success(let page): browser.show(page, for: query)
            case .failure(let problem): browser.fail(problem)
            }
            browser.isAccepted = false
            return nil
        }
        guard isAccepted, let browser = historyBrowser else { return [] }
        return acceptHistory(browser)
    }

    // MARK: Opening

    /// Opens the chosen call. Who types and accepts is faster than a disk: then the list is waited for.
    mutating func acceptHistory(_ browser: HistoryBrowser) -> [Effect] {
        guard browser.work == nil else { return [] }
        guard !browser.isStale else {
            return changeHistory { browser in
                browser.isAccepted = true
                return nil
            }
        }
        guard let entry = browser.selection else { return [] }
        guard !isCallLive else { return refuseInHistory(Self.liveCallReason) }
        changeHistory { browser in
            browser.work = .opening(entry.id)
            browser.problem = nil
            return nil
        }
        return [.history(.open(entry.id))]
    }

    private static let liveCallReason = "a call is running: half-close it or cancel it before an earlier one is opened"

    private mutating func opened(_ call: Int64, _ result: Result<RecordedFacts, HistoryProblem>) -> [Effect] {
        guard historyBrowser?.work == .opening(call) else { return [] }
        switch result {
        case .failure(let problem): return refuseInHistory(problem.text)
        case .success(let facts):
            guard !isCallLive else { return refuseInHistory(Self.liveCallReason) }
            overlays.removeAll(where: \.isHistory)
            return show(facts)
        }
    }

    private mutating func refuseInHistory(_ reason: String) -> [Effect] {
        changeHistory { browser in
            browser.work = nil
            browser.problem = .failed(reason)
            return nil
        }
    }

    // MARK: Deleting

    private mutating func askForDeletion() -> [Effect] {
        guard let browser = historyBrowser, browser.work == nil, !browser.isStale, let entry = browser.selection
        else { return [] }
        guard entry.stage != .running else {
            return refuseInHistory("call \(entry.id) goes on, and cannot be deleted before it has ended")
        }
        return open(.question(.deleteCall(entry)))
    }

    private mutating func delete(_ call: Int64) -> [Effect] {
        changeHistory { browser in
            browser.work = .deleting(call)
            return nil
        }
        return [.history(.delete(call))]
    }

    private mutating func deleted(_ id: Int64, _ problem: HistoryProblem?) -> [Effect] {
        changeHistory { browser in
            if browser.work == .deleting(id) { browser.work = nil }
            return nil
        }
        if let problem {
            guard historyBrowser == nil else { return refuseInHistory(problem.text) }
            return say(.failure, "not deleted: \(problem.text)")
        }
        notice = Notice(.success, "call \(id) is deleted")
        let effects = changeHistory { $0.remove(id) }
        guard call?.recorded?.id == id else { return effects }
        call = nil
        followCall()
        return effects + [.history(.close)]
    }

    // MARK: The overlay

    private var historyBrowser: HistoryBrowser? {
        overlays.lazy.compactMap { if case .history(let browser) = $0 { browser } else { nil } }.first
    }

    /// Changes the list where it is open.
    /// - Parameter change: Returns what is to be read then.
    @discardableResult
    private mutating func changeHistory(_ change: (inout HistoryBrowser) -> HistoryQuery?) -> [Effect] {
        guard let index = overlays.firstIndex(where: \.isHistory), case .history(var browser) = overlays[index] else {
            return []
        }
        let query = change(&browser)
        overlays[index] = .history(browser)
        return query.map { [.history(.list($0))] } ?? []
    }

    /// Clicks on a row open its call.
    mutating func chooseCall(_ index: Int, in browser: HistoryBrowser) -> [Effect] {
        var browser = browser
        browser.select(index)
        replaceOverlay(.history(browser))
        return acceptHistory(browser)
    }
}

extension Overlay {
    fileprivate var isHistory: Bool {
        if case .history = self { true } else { false }
    }
}

extension Question {
    /// Before a recorded call is deleted for good.
    fileprivate static func deleteCall(_ entry: HistoryEntry) -> Question {
        Question(
            "Delete call \(entry.id)",
            [
                "\(entry.kind.title) of \(entry.started),", "\(entry.sent) sent, \(entry.received) received.",
                entry.server,
            ],
            [
                Choice("y", "delete it", .history(.deletionConfirmed(entry.id))),
                Choice("n", "keep it", .overlayDismissed),
            ])
    }
}
