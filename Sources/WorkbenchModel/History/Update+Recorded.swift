import Plans
import RPCCore

extension State {
    // MARK: An earlier call on screen

    /// Puts an earlier call on screen. What is not known of it yet follows.
    mutating func show(_ facts: RecordedFacts) -> [Effect] {
        let entry = facts.entry
        // Whether it was held open is not recorded, but its deadline tells.
        let isHeldOpen =
            facts.plan.map { !$0.takesItsTime && facts.options.deadlineStart == .halfClose } ?? false
        var shown = CallState(
            id: (call?.id ?? 0) + 1, kind: entry.kind,
            // Without a plan what was sent is sent, and its replies are given to requests as they were.
            plan: facts.plan ?? PlanDocument(correlate: facts.progress.pairings.correlation), options: facts.options,
            isHeldOpen: isHeldOpen && entry.kind.streamsRequests, retry: settings.retry)
        shown.recorded = entry
        let address = try? ServerAddress(parsing: entry.server)
        (shown.server, shown.address) = (entry.server, address?.scheme.isDemo == true ? nil : address)
        shown.method = facts.method
        shown.resends = facts.plan == nil ? entry.id : nil
        shown.progress = facts.progress
        call = shown
        followCall()
        settle()
        notice = Notice(.info, "call \(entry.id) of \(entry.started), from the history: it is not live")
        return [.history(.show(entry.id, callID: shown.id))]
    }

    mutating func replayed(callID: Int, _ result: Result<CallProgress, HistoryProblem>) -> [Effect] {
        guard let entry = call?.recorded, call?.id == callID else { return [] }
        switch result {
        case .success(let progress):
            call?.progress = progress
            settle()
            return []
        case .failure(let problem):
            return say(.warning, "call \(entry.id) cannot be read to its end: \(problem.text)")
        }
    }

    /// Puts the plan of the call on screen into the composer.
    mutating func composeCall() -> [Effect] {
        guard let call else { return say(.warning, "no call has been run yet") }
        guard call.resends == nil else {
            return say(.warning, "this call has no plan to edit: run again, it sends what was sent")
        }
        var plan = call.plan
        plan.kind = plan.kind ?? call.kind
        plan.method = plan.method ?? call.method?.planName
        return depart(.takePlan(plan, calling: call.method))
    }

    // MARK: Running it again

    /// Runs an earlier call again, at its server. Asks first where it is somebody else's: its plan reads the files that it names.
    mutating func runRecorded(_ entry: HistoryEntry, _ plan: PlanDocument) -> [Effect] {
        guard call?.options.isMethodMasked != true else {
            return say(
                .warning, "the route of this call has a credential in it, which is not kept: edit it, and run the plan")
        }
        guard entry.isImported else { return runRecordedConfirmed() }
        return open(Question.runImported(entry, plan))
    }

    mutating func runRecordedConfirmed() -> [Effect] {
        guard let call, let entry = call.recorded else { return [] }
        if server.address != nil, server.isNamed(entry.server) { return run(again: call) }
        let effects = connect(to: entry.server)
        pendingRun = call
        return effects + say(.info, "connecting to \(entry.server), to run call \(entry.id) again")
    }

    /// Runs what has waited for its server, now that it is connected, or not.
    mutating func runPending() -> [Effect] {
        let (pending, sends, action) = (pendingRun, pendingSends, pendingAction)
        _ = takeBack()
        guard server.address != nil else { return [] }
        var effects = pending.map { run(again: $0) } ?? []
        if let call, call.takesMessages { effects += sends.map { .send($0, id: call.id) } }
        return effects + (action.map { perform($0) } ?? [])
    }
}

extension ServerStatus {
    /// Whether this is the server of that name, however it is written.
    func isNamed(_ other: String) -> Bool {
        guard name != other else { return true }
        guard let own = try? ServerAddress(parsing: name), let address = try? ServerAddress(parsing: other) else {
            return false
        }
        return own == address
    }
}

extension Question {
    /// Before a call runs that may be somebody else's.
    fileprivate static func runImported(_ entry: HistoryEntry, _ plan: PlanDocument) -> Question {
        let files = plan.steps.compactMap { step -> String? in
            if case .records(let records) = step { "It reads \(records.source.title)." } else { nil }
        }
        let more = files.count > 4 ? ["It reads \(files.count - 4) more."] : []
        return Question(
            "Run call \(entry.id) again", ["It was imported, and calls", entry.server] + files.prefix(4) + more,
            [Choice("y", "run it", .history(.runConfirmed)), Choice("n", "do not", .overlayDismissed)])
    }
}
