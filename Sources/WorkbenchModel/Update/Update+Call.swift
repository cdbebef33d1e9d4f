import Plans
import RPCCore

extension State {
    /// Runs the plan.
    /// - Parameter isConfirmed: Whether that is meant though the server does not list what is called.
    mutating func runPlan(isConfirmed: Bool = false) -> [Effect] {
        if !isConfirmed, !isCallLive, let missing = methodMissing { return open(Question.runUnlisted(missing)) }
        return run(
            kind: settings.kind, plan: composer.document, isHeldOpen: settings.holdsOpen,
            route: settings.methods[settings.kind], method: method)
    }

    /// Starts a call, unless one goes on; where the server is still being connected, as soon as it is.
    /// - Parameters:
    ///   - route: The route, or the name of a method, that is called instead of the usual.
    ///   - method: What is called, where it is not the usual method of the kind.
    ///   - resends: The call of the history whose requests are sent, in place of the plan.
    mutating func run(
        kind: CallKind, plan: PlanDocument, isHeldOpen: Bool, route: String?, method: MethodEntry?,
        resends: Int64? = nil
    ) -> [Effect] {
        guard !isCallLive else {
            return say(.warning, "a call is running: half-close it or cancel it first")
        }
        guard server.address != nil || server.health == .checking else {
            return sayNoServer()
        }
        if let method, !method.isKnown {
            return say(.warning, "\(method.ref.fullName) is not known: choose a server that has it, or another method")
        }
        let misfits = method.map { plan.problems(with: $0.schema.input) } ?? []
        if let problem = (plan.problems(for: kind, hasStandardInput: false) + misfits).first {
            return refuseToRun(problem)
        }
        guard resends != nil || !plan.steps.isEmpty || kind.streamsRequests else {
            return say(.warning, "nothing to send: a \(kind.title) call needs a request; add one")
        }
        var call = makeCall(kind, plan, isHeldOpen: isHeldOpen, route: route, method)
        call.resends = resends
        guard server.address != nil else {
            pendingRun = call
            return say(.info, "connecting to \(server.name), to run this then")
        }
        self.call = call
        noteCalled(method, kind)
        pendingRun = nil
        followCall()
        return [.startCall(call)]
    }

    /// A call as it would be made now.
    private func makeCall(
        _ kind: CallKind, _ plan: PlanDocument, isHeldOpen: Bool, route: String?, _ method: MethodEntry?
    ) -> CallState {
        let isOpenEnded = isHeldOpen || plan.takesItsTime
        let options = CallOptions(
            deadline: settings.deadline, deadlineStart: isOpenEnded ? .halfClose : .call,
            method: method == nil ? route : nil)
        var call = CallState(
            id: (call?.id ?? 0) + 1, kind: kind, plan: plan, options: options, isHeldOpen: isHeldOpen,
            retry: settings.retry, faults: orderedFaults)
        (call.method, call.server, call.address) = (method, server.name, server.address)
        return call
    }

    /// What would be run next.
    var nextCall: CallState {
        makeCall(
            settings.kind, composer.document, isHeldOpen: settings.holdsOpen, route: settings.methods[settings.kind],
            method)
    }

    /// Lets the panes follow another call.
    mutating func followCall() {
        sent = ListPosition(isFollowing: true)
        received = ListPosition(isFollowing: true)
        attempts = ListPosition(isFollowing: true)
        detail = ListPosition()
        detailDirection = nil
        finding = nil
        found = nil
        filters = [:]
    }

    mutating func runAgain() -> [Effect] {
        guard let call else { return say(.warning, "no call has been run yet") }
        if call.progress.retry != nil { return [.retryNow(id: call.id)] }
        if let entry = call.recorded { return runRecorded(entry, call.plan) }
        return run(again: call)
    }

    /// Makes a call once more. What it calls is chosen with it: the plan on screen is one of that method, and the next run is.
    mutating func run(again call: CallState) -> [Effect] {
        let effects = run(
            kind: call.kind, plan: call.plan, isHeldOpen: call.isHeldOpen, route: call.options.method,
            method: call.method, resends: call.resends)
        let isStarted = effects.contains { if case .startCall = $0 { true } else { false } }
        if isStarted, call.method != method {
            choose(call.method, kind: call.kind, plan: call.resends == nil ? call.plan : nil)
        }
        return effects
    }

    mutating func halfClose() -> [Effect] {
        guard let call, call.isLive else { return say(.warning, "no call is running") }
        guard call.kind.streamsRequests, !call.isHalfCloseAsked, !call.progress.sendStatus.isClosed else {
            return say(.info, "the send direction is closed already")
        }
        self.call?.isHalfCloseAsked = true
        return [.halfClose(id: call.id)]
    }

    mutating func cancel() -> [Effect] {
        if takeBack() { return say(.info, "taken back: it was waiting for the server") }
        guard isCallLive else { return say(.warning, "no call is running") }
        return cancelLiveCall()
    }

    mutating func cancelLiveCall() -> [Effect] {
        guard let call, call.isLive, !call.isCancelAsked else { return [] }
        self.call?.isCancelAsked = true
        return [.cancelCall(id: call.id)]
    }

    mutating func togglePause() -> [Effect] {
        guard let call, call.isLive else { return say(.warning, "no call is running") }
        self.call?.isPaused.toggle()
        let hint = call.isPaused ? "receiving goes on" : "receiving is paused: the server is held back"
        notice = Notice(.info, hint)
        return [.setPaused(!call.isPaused, id: call.id)]
    }

    mutating func step() -> [Effect] {
        guard let call, call.isLive, call.isPaused else {
            return say(.warning, "receiving is not paused")
        }
        return [.step(id: call.id)]
    }

    // MARK: Typed messages

    mutating func openSend() -> [Effect] {
        if let call, call.isLive, !call.takesMessages {
            return say(.warning, "this call takes no typed messages: its send direction is closed or was not held open")
        }
        guard isCallLive || settings.kind.streamsRequests else {
            return say(.warning, "a \(settings.kind.title) call sends no stream: choose client stream or bidirectional")
        }
        if let kind = (method?.schema.input).flatMap(MessageKind.init) {
            let last = typedMessages[kind.codec.name]?.fields ?? []
            return open(MessageEditor(kind, last.map { WrittenField(name: $0.name, text: $0.text) }, .send))
        }
        return open(Form(MessageForm(requestFields, typed, draft: draft)))
    }

    /// Sends a typed request into the open stream; opens one where none is.
    mutating func sendTyped(_ request: MessageValue) -> [Effect] {
        var effects: [Effect] = []
        if !isCallLive, pendingRun == nil {
            effects = run(
                kind: settings.kind, plan: PlanDocument(method: method?.planName), isHeldOpen: true,
                route: settings.methods[settings.kind],
                method: method)
        }
        if let pendingRun, pendingRun.takesMessages {
            pendingSends.append(request)
            return effects
        }
        guard let call, call.takesMessages else {
            return effects + say(.warning, "not sent: the stream takes no more messages")
        }
        return effects + [.send(request, id: call.id)]
    }

    // MARK: Progress

    mutating func callProgressed(
        id: Int, _ progress: CallProgress, oldestSent: Int, oldestReceived: Int
    ) -> [Effect] {
        guard let call, call.id == id else { return [] }
        self.call?.oldestSent = oldestSent
        self.call?.oldestReceived = oldestReceived
        // The number in the history may come after the end.
        self.call?.progress.record = progress.record
        // Nothing happens in a call that is over; its messages may yet be lost to the disk.
        guard call.isLive else { return [] }
        self.call?.progress = progress
        settle()
        guard let outcome = progress.outcome else { return [] }
        self.call?.isPaused = false
        notice = Self.notice(of: outcome, progress)
        return healthEffects(of: outcome)
    }

    private static func notice(of outcome: CallOutcome, _ progress: CallProgress) -> Notice {
        let refused = progress.refusals == 0 ? "" : ", \(progress.refusals) of them refusals"
        let counts = "\(progress.sent) sent, \(progress.answers) received\(refused)"
        if let summary = progress.summary { return notice(of: outcome, summary) }
        guard let error = outcome.error else {
            let isEmpty = progress.received == 0
            let text = "\(counts)\(isEmpty ? ": no replies" : ""); \(outcome.rule)"
            if let cut = cutShort(outcome) { return Notice(.warning, "OK\(cut): \(text)") }
            return Notice(isEmpty ? .warning : .success, "OK: \(text)")
        }
        return notice(of: error, counts)
    }

    private static func notice(of error: CallError, _ facts: String) -> Notice {
        Notice(error.code == .cancelled ? .warning : .failure, error.line(facts))
    }

    /// What is said of a stream that the server cut short, and how much nobody can be sure of.
    private static func cutShort(_ outcome: CallOutcome) -> String? {
        outcome.delivery.cutShortText.map { ", but \($0), and \(outcome.delivery.uncertain) are uncertain" }
    }

    /// The notice of a call that took more than one attempt.
    private static func notice(of outcome: CallOutcome, _ summary: String) -> Notice {
        guard let error = outcome.error else {
            let cut = cutShort(outcome)
            return Notice(cut == nil ? .success : .warning, "OK\(cut ?? "") after \(summary); \(outcome.rule)")
        }
        return notice(of: error, summary)
    }

    /// What the end of a call says of the server's health.
    private mutating func healthEffects(of outcome: CallOutcome) -> [Effect] {
        switch outcome.error?.origin {
        case .resolve, .connect, .tls:
            server.health = outcome.error.map { .unreachable($0) } ?? server.health
            return []
        case nil:
            if case .unreachable = server.health { return askHealth() }
            return []
        default:
            return outcome.code == .unavailable ? askHealth() : []
        }
    }
}
