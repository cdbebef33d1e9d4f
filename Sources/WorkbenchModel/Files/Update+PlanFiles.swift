import Plans
import RPCCore

extension State {
    mutating func handle(_ message: PlanMessage) -> [Effect] {
        switch message {
        case .stepChosen(let kind): addStep(kind)
        case .pathCompleted: change(FileChooser.self) { $0.complete() }
        case .directoryLeft: change(FileChooser.self) { $0.enter(.parent) }
        case .fieldBrowsed: browseForField()
        case .replacementConfirmed(let write): start(write)
        case .departureConfirmed: departureConfirmed()
        case .keptAccepted(let kept): [.plan(.openKept(kept))]
        case .keptDoubted(let kept): open(Question.forget(kept))
        case .keptRejected(let kept): say(.info, "deleted what was kept") + [.plan(.forgetKept(path: kept.path))]
        case .previewed(let id, let preview): previewed(id: id, preview)
        case .listed(let query, let result): listed(query, result)
        case .opened(let path, let result): opened(path, result)
        case .written(let write, let outcome): written(write, outcome)
        case .keptFound(let plans): offer(plans)
        case .keptOpened(let kept, let result): keptOpened(kept, result)
        }
    }

    // MARK: Writing

    /// Writes the plan to its file; asks for one where it has none.
    mutating func writePlan() -> [Effect] {
        noteChosenKind()
        guard let place = composer.place else { return writePlanAs() }
        guard composer.hasUnsavedChanges else { return say(.info, "\(place.name) holds the plan as it is") }
        return write(to: place.path)
    }

    mutating func writePlanAs() -> [Effect] {
        noteChosenKind()
        return browse(.writePlan, text: composer.place?.name ?? "plan.yaml")
    }

    /// Sees to it that the plan says what kind of call was chosen for it, so that it can be run again as it was. One that was
    /// never in a file gets the kind that it is run as here: who made it saw that in the first line.
    private mutating func noteChosenKind() {
        var document = composer.document
        let isNew = composer.place == nil && document.kind == nil
        guard method == nil, let kind = chosenKind ?? (isNew ? settings.kind : nil), document.kind != kind else {
            return
        }
        document.kind = kind
        composer.set(document)
    }

    /// Writes the plan to a file, if it is new or the plan's own.
    mutating func write(to path: String) -> [Effect] {
        let document = composer.document.moved(to: PathText.directory(of: path))
        guard let place = composer.place, place.path == path else {
            return start(PlanWrite(document, to: path, .nothing))
        }
        let write = PlanWrite(document, to: path, .version(place.version))
        return place.hasComments ? ask(about: write, "has comments, which are not kept.") : start(write)
    }

    private mutating func ask(about write: PlanWrite, _ reason: String) -> [Effect] {
        var isChosen = false
        if case .chooser = overlay { isChosen = true }
        return open(Question.replace(write, reason, isChosen: isChosen))
    }

    mutating func start(_ write: PlanWrite) -> [Effect] {
        guard pendingWrite == nil else { return say(.info, "the plan is being written") }
        pendingWrite = write
        return [.plan(.write(write))]
    }

    private mutating func written(_ write: PlanWrite, _ outcome: WriteOutcome) -> [Effect] {
        guard pendingWrite == write else { return [] }
        pendingWrite = nil
        switch outcome {
        case .written(let place): return wrote(write, to: place)
        case .exists: return ask(about: write.replacingAnything, "exists.")
        case .hasChanged: return ask(about: write.replacingAnything, "has changed since it was read.")
        case .failed(let problem):
            guard case .chooser(var chooser) = overlay else {
                departure = nil
                return say(.failure, "not written: \(problem.text)")
            }
            chooser.problem = problem.text
            replaceOverlay(chooser)
            return []
        }
    }

    private mutating func wrote(_ write: PlanWrite, to place: PlanPlace) -> [Effect] {
        let forgotten = forgetKept()
        composer.wrote(write.document, to: place)
        if case .chooser(let chooser) = overlay, chooser.purpose == .writePlan { overlays.removeLast() }
        notice = Notice(.success, "written to \(place.name)")
        guard let departure else { return forgotten }
        self.departure = nil
        return forgotten + depart(departure)
    }

    /// Deletes what was kept of changes that are written now, or given up.
    private func forgetKept() -> [Effect] {
        composer.keptPath.map { [.plan(.forgetKept(path: $0))] } ?? []
    }

    // MARK: Opening

    private mutating func opened(_ path: String, _ result: Result<OpenedPlan, FileProblem>) -> [Effect] {
        guard case .chooser(var chooser) = overlay, chooser.pendingPath == path else { return [] }
        switch result {
        case .success(let plan):
            overlays.removeLast()
            return depart(.open(plan))
        case .failure(let problem):
            chooser.pendingPath = nil
            chooser.problem = problem.text
            replaceOverlay(chooser)
            return []
        }
    }

    /// Offers what an earlier run has kept, below what is open already. What else was kept is offered next time.
    private mutating func offer(_ plans: [KeptPlan]) -> [Effect] {
        if let plan = plans.first { overlays.insert(.question(.kept(plan)), at: 0) }
        return []
    }

    private mutating func keptOpened(_ kept: KeptPlan, _ result: Result<OpenedPlan, FileProblem>) -> [Effect] {
        switch result {
        case .success(let plan): depart(.openKept(plan, kept))
        case .failure(let problem): say(.failure, "not opened: \(problem.text)")
        }
    }

    // MARK: Departing from a plan

    /// Does what takes the present plan away, once its unsaved changes are written or given up.
    mutating func depart(_ departure: Departure) -> [Effect] {
        let hasChanges = composer.hasUnsavedChanges
        let isAsked = hasChanges || departure == .quit && isCallLive
        guard isAsked else { return complete(departure) }
        self.departure = departure
        let question: Question =
            departure == .quit ? .quit(isCallLive: isCallLive, hasUnsavedChanges: hasChanges) : .unsaved
        return open(question)
    }

    private mutating func departureConfirmed() -> [Effect] {
        guard let departure else { return [] }
        self.departure = nil
        return forgetKept() + complete(departure)
    }

    private mutating func complete(_ departure: Departure) -> [Effect] {
        switch departure {
        case .quit: return leave()
        case .newPlan:
            let plan = PlanDocument(method: method?.planName, directory: workingDirectory)
            return show(Composer(plan), "a new plan", calling: method)
        case .open(let plan):
            let name = plan.place?.name ?? "the records"
            let effects = show(
                Composer(plan.document, place: plan.place), "opened \(name)", plan.source,
                calling: plan.source == nil ? method : nil)
            return effects + (plan.notice.map { say(.warning, $0) } ?? [])
        case .takePlan(let plan, let method): return show(Composer(plan), "the plan of the call", calling: method)
        case .openKept(let plan, let kept):
            return show(Composer(plan, keptAt: kept.path), "opened what was kept", plan.source)
        }
    }

    /// - Parameters:
    ///   - source: The plan's text, where its messages are not read yet.
    ///   - entry: What the plan calls, where that is known.
    private mutating func show(
        _ composer: Composer, _ text: String, _ source: PlanSource? = nil, calling entry: MethodEntry? = nil
    ) -> [Effect] {
        self.composer = composer
        pendingWrite = nil
        var effects = say(.info, text)
        effects += callMethodOfPlan(source, entry)
        _ = focus(on: .compose)
        settle()
        return effects
    }

    // MARK: Leaving

    /// Ends the program at once; unsaved changes are kept for its next run.
    mutating func leaveAtOnce() -> [Effect] { keep(composer) + leave() }

    /// Keeps the unsaved changes of plans of other methods than the present one.
    func keepPlansElsewhere() -> [Effect] {
        kept.filter { $0.key != method?.ref.fullName ?? "" }.sorted { $0.key < $1.key }.flatMap { keep($0.value) }
    }

    private func keep(_ composer: Composer) -> [Effect] {
        guard composer.hasUnsavedChanges else { return [] }
        return [
            .plan(
                .keep(
                    UnsavedPlan(document: composer.document, place: composer.place, keptPath: composer.keptPath)))
        ]
    }
}

extension PlanWrite {
    fileprivate var replacingAnything: PlanWrite { PlanWrite(document, to: path, .anything) }
}
