import Plans
import RPCCore
import TestSupport
import Testing
import WorkbenchModel

@Suite("Plans and their files")
struct PlanFileTests {
    private static let place = PlanPlace(path: "/work/plan.yaml", version: FileVersion("1"))
    private static let plan = OpenedPlan(
        PlanDocument(
            kind: .bidirectional,
            steps: [.request(HelloRequest(name: "Ana")), .records(RecordsStep(from: .file("users.csv")))],
            directory: "/work"), place: place)

    /// A workbench with a plan from a file.
    private func opened(_ place: PlanPlace = place) -> State {
        State.connected(plan: OpenedPlan(Self.plan.document, place: place), directory: "/work")
    }

    /// A workbench with a plan from a file, and a change that is not written.
    private func changed(_ place: PlanPlace = place) -> State {
        var state = opened(place)
        _ = update(&state, .pressed(.duplicateStep))
        return state
    }

    private func question(_ state: State) -> Question? {
        if case .question(let question)? = state.overlay { question } else { nil }
    }

    private func answer(_ state: inout State, _ key: Character) -> [Effect] {
        guard let index = question(state)?.choices.firstIndex(where: { $0.key == key }) else {
            Issue.record("no such answer: \(key)")
            return []
        }
        return update(&state, .itemClicked(index))
    }

    private func write(_ state: State, to path: String = place.path, _ rule: PlanWrite.Rule) -> PlanWrite {
        PlanWrite(state.composer.document.moved(to: PathText.directory(of: path)), to: path, rule)
    }

    // MARK: Beginning

    @Test("a plan to begin with is as its file, and chooses the kind of call")
    func begin() {
        let state = opened()
        #expect(state.settings.kind == .bidirectional)
        #expect(!state.composer.hasUnsavedChanges)
        #expect(!State.connected().composer.hasUnsavedChanges)
        #expect(changed().composer.hasUnsavedChanges)
    }

    @Test("undoing every change leaves nothing to write")
    func undone() {
        var state = changed()
        _ = update(&state, .pressed(.undo))
        #expect(!state.composer.hasUnsavedChanges)
    }

    // MARK: Writing

    @Test("a plan is written to its file, if that is as it was read")
    func write() {
        var state = changed()
        let write = write(state, .version(FileVersion("1")))
        expect(&state, .pressed(.writePlan), effects: [.plan(.write(write))]) {
            $0.notice = nil
            $0.pendingWrite = write
        }
        expect(&state, .pressed(.writePlan)) { $0.notice = Notice(.info, "the plan is being written") }
        let place = PlanPlace(path: Self.place.path, version: FileVersion("2"))
        expect(&state, .plan(.written(write, .written(place)))) {
            $0.pendingWrite = nil
            $0.composer.wrote(write.document, to: place)
            $0.notice = Notice(.success, "written to plan.yaml")
        }
        #expect(!state.composer.hasUnsavedChanges)
        expect(&state, .pressed(.writePlan)) { $0.notice = Notice(.info, "plan.yaml holds the plan as it is") }
    }

    @Test("what was changed while the plan was written is still to be written")
    func changedMeanwhile() {
        var state = changed()
        let write = write(state, .version(FileVersion("1")))
        _ = update(&state, .pressed(.writePlan))
        _ = update(&state, .pressed(.duplicateStep))
        _ = update(&state, .plan(.written(write, .written(Self.place))))
        #expect(state.composer.hasUnsavedChanges)
        _ = update(&state, .pressed(.undo))
        #expect(!state.composer.hasUnsavedChanges)
    }

    @Test("a plan without a file asks for one, and takes its records' paths along")
    func writeNew() {
        var state = State.connected(plan: OpenedPlan(Self.plan.document, place: nil), directory: "/work")
        let query = DirectoryQuery(base: "/work", path: "")
        #expect(update(&state, .pressed(.writePlan)) == [.plan(.list(query))])
        _ = update(&state, .plan(.listed(query, .success(DirectoryListing(directory: "/work", entries: [])))))
        _ = update(&state, .edited("new/first.yaml"))
        let inner = DirectoryListing(directory: "/work/new", entries: [])
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: "new/"), .success(inner))))
        let write = write(state, to: "/work/new/first.yaml", .nothing)
        #expect(write.document.steps[1] == .records(RecordsStep(from: .file("../users.csv"))))
        #expect(update(&state, .overlayAccepted) == [.plan(.write(write))])
        let place = PlanPlace(path: write.path, version: FileVersion("1"))
        expect(&state, .plan(.written(write, .written(place)))) {
            $0.overlays = []
            $0.pendingWrite = nil
            $0.composer.wrote(write.document, to: place)
            $0.notice = Notice(.success, "written to first.yaml")
        }
        #expect(state.composer.document == write.document)
        #expect(!state.composer.hasUnsavedChanges)
    }

    @Test("a file that exists is replaced only by who says so")
    func exists() {
        var state = changed()
        _ = update(&state, .pressed(.writePlanAs))
        let listing = DirectoryListing(directory: "/work", entries: [])
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: ""), .success(listing))))
        _ = update(&state, .edited("other.yaml"))
        _ = update(&state, .overlayAccepted)
        var write = write(state, to: "/work/other.yaml", .nothing)
        _ = update(&state, .plan(.written(write, .exists)))
        #expect(question(state)?.lines == ["other.yaml exists."])
        #expect(question(state)?.choices.map(\.key) == ["y", "n"])
        // Enter is pressed too easily for this.
        expect(&state, .overlayAccepted)
        var staying = state
        #expect(answer(&staying, "n") == [])
        #expect(staying.overlay != nil && question(staying) == nil)
        write.rule = .anything
        #expect(answer(&state, "y") == [.plan(.write(write))])
        _ = update(&state, .plan(.written(write, .written(Self.place))))
        #expect(state.overlays == [])
    }

    @Test("a file that has changed since it was read is not replaced unasked")
    func hasChanged() {
        var state = changed()
        var write = write(state, .version(FileVersion("1")))
        _ = update(&state, .pressed(.writePlan))
        _ = update(&state, .plan(.written(write, .hasChanged)))
        #expect(question(state)?.lines == ["plan.yaml has changed since it was read."])
        var elsewhere = state
        #expect(answer(&elsewhere, "o") == [.plan(.list(DirectoryQuery(base: "/work", path: "")))])
        write.rule = .anything
        #expect(answer(&state, "y") == [.plan(.write(write))])
    }

    @Test("comments in a file are not thrown away unasked")
    func comments() {
        var state = changed(PlanPlace(path: Self.place.path, version: FileVersion("1"), hasComments: true))
        var write = write(state, .version(FileVersion("1")))
        #expect(update(&state, .pressed(.writePlan)) == [])
        #expect(question(state)?.lines == ["plan.yaml has comments, which are not kept."])
        write.rule = .version(FileVersion("1"))
        #expect(answer(&state, "y") == [.plan(.write(write))])
    }

    @Test("a plan that cannot be written says why, in the chooser where one is open")
    func failed() {
        var state = changed()
        let write = write(state, .version(FileVersion("1")))
        _ = update(&state, .pressed(.writePlan))
        expect(&state, .plan(.written(write, .failed(FileProblem("No space left on device"))))) {
            $0.pendingWrite = nil
            $0.notice = Notice(.failure, "not written: No space left on device")
        }
        #expect(state.composer.hasUnsavedChanges)
        _ = update(&state, .pressed(.writePlanAs))
        let listing = DirectoryListing(directory: "/work", entries: [])
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: ""), .success(listing))))
        _ = update(&state, .overlayAccepted)
        _ = update(&state, .plan(.written(write, .failed(FileProblem("Permission denied")))))
        guard case .chooser(let chooser)? = state.overlay else { Issue.record("the chooser is gone"); return }
        #expect(chooser.problem == "Permission denied")
        #expect(state.pendingWrite == nil)
    }

    @Test("an answer about a plan that is not there any more is ignored")
    func staleWrite() {
        var state = changed()
        let write = write(state, .version(FileVersion("1")))
        expect(&state, .plan(.written(write, .written(Self.place))))
    }

    // MARK: Opening

    /// Chooses a file, and has it read.
    private func open(_ plan: OpenedPlan, in state: inout State) -> [Effect] {
        _ = update(&state, .pressed(.openPlan))
        let directory = state.composer.document.directory
        let listing = DirectoryListing(directory: directory, entries: [FileEntry("other.yaml", .plan)])
        _ = update(&state, .plan(.listed(DirectoryQuery(base: directory, path: ""), .success(listing))))
        _ = update(&state, .overlayAccepted)
        return update(&state, .plan(.opened(path: "\(directory)/other.yaml", .success(plan))))
    }

    private static let other = OpenedPlan(
        PlanDocument(kind: .unary, steps: [.pause(.seconds(1))], directory: "/work"),
        place: PlanPlace(path: "/work/other.yaml", version: FileVersion("7")))

    @Test("a plan that is opened takes the place of the present one")
    func open() {
        var state = opened()
        state.focus = .sent
        #expect(open(Self.other, in: &state) == [])
        #expect(state.composer == Composer(Self.other.document, place: Self.other.place))
        #expect(state.settings.kind == .unary)
        #expect(state.focus == .compose)
        #expect(state.overlays == [])
        #expect(state.notice == Notice(.info, "opened other.yaml"))
    }

    @Test("what there is to say of a plan that is opened is said")
    func openWithNotice() {
        var (state, plan) = (opened(), Self.other)
        plan.notice = "a key is old"
        #expect(open(plan, in: &state) == [])
        #expect(state.composer == Composer(plan.document, place: plan.place))
        #expect(state.notice == Notice(.warning, "a key is old"))
    }

    @Test("changes are not lost to another plan unasked")
    func openOver() {
        var state = changed()
        #expect(open(Self.other, in: &state) == [])
        #expect(question(state)?.choices.map(\.key) == ["w", "y", "n"])
        var staying = state
        #expect(answer(&staying, "n") == [])
        #expect(staying.composer == changed().composer)
        #expect(staying.departure == nil)
        var giving = state
        #expect(answer(&giving, "y") == [])
        #expect(giving.composer == Composer(Self.other.document, place: Self.other.place))
        let write = write(state, .version(FileVersion("1")))
        #expect(update(&state, .overlayAccepted) == [.plan(.write(write))])
        _ = update(&state, .plan(.written(write, .written(Self.place))))
        #expect(state.composer == Composer(Self.other.document, place: Self.other.place))
        #expect(state.departure == nil)
    }

    @Test("a file that comes when nobody waits for it any more is left")
    func staleOpen() {
        var state = opened()
        expect(&state, .plan(.opened(path: "/work/other.yaml", .success(Self.other))))
    }

    @Test("a new plan begins in the working directory")
    func newPlan() {
        var state = opened()
        expect(&state, .pressed(.newPlan)) {
            $0.composer = Composer(PlanDocument(directory: "/work"))
            $0.notice = Notice(.info, "a new plan")
        }
        state = changed()
        _ = update(&state, .pressed(.newPlan))
        #expect(question(state) != nil)
    }

    // MARK: Leaving

    @Test("quitting asks for unsaved changes: write, give up or stay")
    func quit() {
        var state = changed()
        #expect(update(&state, .pressed(.quit)) == [])
        #expect(question(state)?.choices.map(\.key) == ["w", "y", "n"])
        var giving = state
        #expect(answer(&giving, "y") == [.terminal(.quit)])
        var staying = state
        #expect(update(&staying, .overlayDismissed) == [])
        #expect(staying == changed())
        let write = write(state, .version(FileVersion("1")))
        #expect(answer(&state, "w") == [.plan(.write(write))])
        #expect(update(&state, .plan(.written(write, .written(Self.place)))) == [.terminal(.quit)])
    }

    @Test("a plan that could not be written on the way out keeps the program")
    func quitFails() {
        var state = changed()
        _ = update(&state, .pressed(.quit))
        let write = write(state, .version(FileVersion("1")))
        _ = answer(&state, "w")
        #expect(update(&state, .plan(.written(write, .failed(FileProblem("x"))))) == [])
        #expect(state.departure == nil)
        #expect(state.composer.hasUnsavedChanges)
    }

    @Test("quitting writes a plan without a file where the user says, and then quits")
    func quitThroughChooser() {
        var state = State.connected(directory: "/work")
        _ = update(&state, .pressed(.duplicateStep))
        _ = update(&state, .pressed(.quit))
        let query = DirectoryQuery(base: "/work", path: "")
        #expect(answer(&state, "w") == [.plan(.list(query))])
        let listing = DirectoryListing(directory: "/work", entries: [])
        _ = update(&state, .plan(.listed(query, .success(listing))))
        let write = write(state, .nothing)
        #expect(update(&state, .overlayAccepted) == [.plan(.write(write))])
        var renamed = state
        _ = update(&renamed, .plan(.written(write, .exists)))
        _ = answer(&renamed, "n")
        #expect(renamed.departure == .quit)
        _ = update(&renamed, .overlayDismissed)
        #expect(renamed.departure == nil)
        #expect(update(&state, .plan(.written(write, .written(Self.place)))) == [.terminal(.quit)])
    }

    @Test("quitting while a stream is open and changes are unsaved says both")
    func quitWhileRunning() {
        var state = changed()
        _ = update(&state, .pressed(.run))
        _ = update(&state, .pressed(.quit))
        #expect(question(state)?.lines == ["A stream is open.", "The plan has unsaved changes."])
        #expect(answer(&state, "y") == [.cancelCall(id: 1), .terminal(.quit)])
    }

    @Test(
        "leaving at once keeps unsaved changes for the next start", arguments: [Message.pressed(.leave), .terminated])
    func leave(message: Message) {
        var state = changed()
        let unsaved = UnsavedPlan(document: state.composer.document, place: Self.place, keptPath: nil)
        expect(&state, message, effects: [.plan(.keep(unsaved)), .terminal(.quit)]) { $0.notice = nil }
        state = opened()
        expect(&state, message, effects: [.terminal(.quit)])
    }

    @Test("leaving keeps unsaved changes of a method that is not on screen, of which nobody was asked")
    func leaveElsewhere() throws {
        var state = changed()
        let unsaved = UnsavedPlan(document: state.composer.document, place: Self.place, keptPath: nil)
        let codec = try FormSession.codec("demo.v1.Book")
        let ref = MethodRef(service: "demo.v1.Library", name: "Put", kind: .unary)
        _ = update(&state, .methodChosen(MethodEntry(MethodSchema(ref, input: codec, output: codec))))
        #expect(!state.composer.hasUnsavedChanges)
        var leaving = state
        #expect(update(&leaving, .pressed(.leave)) == [.plan(.keep(unsaved)), .terminal(.quit)])
        #expect(update(&state, .pressed(.quit)) == [.plan(.keep(unsaved)), .terminal(.quit)])
    }

    // MARK: What was kept

    private static let kept = KeptPlan(path: "/state/1.yaml", file: "/work/plan.yaml", time: "on 2026-11-22 at 12:00")

    /// A workbench that has opened what was kept.
    private func recovered() -> State {
        var state = State.connected(directory: "/work")
        _ = update(&state, .plan(.keptFound([Self.kept])))
        #expect(update(&state, .overlayAccepted) == [.plan(.openKept(Self.kept))])
        _ = update(&state, .plan(.keptOpened(Self.kept, .success(Self.plan))))
        return state
    }

    @Test("what was kept is offered, below what is open already")
    func offer() {
        var state = State.connected()
        expect(&state, .plan(.keptFound([])))
        _ = update(&state, .pressed(.help))
        _ = update(&state, .plan(.keptFound([Self.kept])))
        #expect(state.overlay == .help(Help()))
        _ = update(&state, .overlayDismissed)
        #expect(question(state)?.lines == ["Changes to plan.yaml were kept,", "on 2026-11-22 at 12:00."])
        #expect(question(state)?.choices.map(\.key) == ["o", "d", "n"])
        var later = state
        #expect(answer(&later, "n") == [])
        #expect(answer(&state, "d") == [])
        var doubtful = state
        #expect(answer(&doubtful, "n") == [])
        #expect(answer(&state, "y") == [.plan(.forgetKept(path: Self.kept.path))])
        #expect(state.overlays == [])
    }

    @Test("what was kept is unsaved when it is opened, and deleted once it is written or given up")
    func recover() {
        var state = recovered()
        #expect(state.composer.document == Self.plan.document)
        #expect(state.composer.hasUnsavedChanges)
        var leaving = state
        let unsaved = UnsavedPlan(document: Self.plan.document, place: Self.place, keptPath: Self.kept.path)
        #expect(update(&leaving, .pressed(.leave)) == [.plan(.keep(unsaved)), .terminal(.quit)])
        var quitting = state
        _ = update(&quitting, .pressed(.quit))
        #expect(answer(&quitting, "y") == [.plan(.forgetKept(path: Self.kept.path)), .terminal(.quit)])
        let write = write(state, .version(FileVersion("1")))
        #expect(update(&state, .pressed(.writePlan)) == [.plan(.write(write))])
        let effects = update(&state, .plan(.written(write, .written(Self.place))))
        #expect(effects == [.plan(.forgetKept(path: Self.kept.path))])
        #expect(state.composer.keptPath == nil)
    }

    @Test("what was kept and cannot be read stays where it is")
    func unreadable() {
        var state = State.connected()
        _ = update(&state, .plan(.keptFound([Self.kept])))
        _ = answer(&state, "o")
        expect(&state, .plan(.keptOpened(Self.kept, .failure(FileProblem("Permission denied"))))) {
            $0.notice = Notice(.failure, "not opened: Permission denied")
        }
    }
}
