import Plans
import RPCCore
import Testing
import WorkbenchModel

@Suite("The chooser of files")
struct FileChooserTests {
    static let listing = DirectoryListing(
        directory: "/work",
        entries: [
            FileEntry(".hidden.yaml", .plan), FileEntry("data", .directory), FileEntry("notes.txt", .other),
            FileEntry("plan.yaml", .plan), FileEntry("planets.csv", .records(.csv)), FileEntry("x-plan", .directory),
        ])

    /// A workbench on which files are chosen in /work.
    private func choosing(_ action: Action = .openPlan) -> State {
        var state = State.connected(directory: "/work")
        _ = update(&state, .pressed(action))
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: ""), .success(Self.listing))))
        return state
    }

    private func chooser(_ state: State) -> FileChooser? {
        if case .chooser(let chooser)? = state.overlay { chooser } else { nil }
    }

    private func names(_ state: State) -> [String]? { chooser(state)?.items.map(\.name) }

    private func choice(_ state: State) -> String? {
        guard let chooser = chooser(state), let selected = chooser.selected else { return nil }
        return chooser.items[selected].name
    }

    @Test("it begins in the plan's directory, at the first name, and hides what is hidden")
    func begin() {
        var state = State.connected(directory: "/work")
        #expect(update(&state, .pressed(.openPlan)) == [.plan(.list(DirectoryQuery(base: "/work", path: "")))])
        #expect(names(state) == [])
        state = choosing()
        #expect(names(state) == ["..", "data", "x-plan", "notes.txt", "plan.yaml", "planets.csv"])
        #expect(choice(state) == "data")
    }

    @Test(
        "typing narrows: the very name first, then what begins with it, then what has it",
        arguments: [
            ("plan", ["plan.yaml", "planets.csv", "x-plan"]), ("PLAN.YAML", ["plan.yaml"]),
            ("a", ["data", "x-plan", "plan.yaml", "planets.csv"]),
            ("zzz", []), (".", [".hidden.yaml", "notes.txt", "plan.yaml", "planets.csv"]),
        ])
    func narrow(text: String, expected: [String]) {
        var state = choosing()
        #expect(update(&state, .edited(text)) == [])
        #expect(names(state) == expected)
        #expect(choice(state) == expected.first)
    }

    @Test("enter opens what is chosen: a file, or a directory, and what comes of it is shown")
    func open() {
        var state = choosing()
        #expect(update(&state, .overlayAccepted) == [.plan(.list(DirectoryQuery(base: "/work/data", path: "")))])
        #expect(chooser(state)?.base == "/work/data")
        state = choosing()
        _ = update(&state, .edited("pl"))
        #expect(update(&state, .overlayAccepted) == [.plan(.open(path: "/work/plan.yaml"))])
        #expect(update(&state, .overlayAccepted) == [])
        let problem = FileProblem("plan.yaml, line 3, column 5: 'repeat' is 'x'")
        _ = update(&state, .plan(.opened(path: "/work/plan.yaml", .failure(problem))))
        #expect(chooser(state)?.problem == problem.text)
        #expect(update(&state, .overlayAccepted) == [.plan(.open(path: "/work/plan.yaml"))])
        // Who types on does not wait for it any more.
        _ = update(&state, .edited("planets"))
        #expect(update(&state, .overlayAccepted) == [.plan(.open(path: "/work/planets.csv"))])
        expect(&state, .plan(.opened(path: "/work/plan.yaml", .failure(problem))))
    }

    @Test("who is faster than the file system is not made to wait: enter counts once the directory is known")
    func early() {
        var state = choosing()
        _ = update(&state, .edited("data/users.csv"))
        #expect(update(&state, .overlayAccepted) == [])
        let query = DirectoryQuery(base: "/work", path: "data/")
        let listing = DirectoryListing(directory: "/work/data", entries: [FileEntry("users.csv", .records(.csv))])
        var corrected = state
        _ = update(&corrected, .edited("data/user"))
        #expect(update(&corrected, .plan(.listed(query, .success(listing)))) == [])
        #expect(
            update(&state, .plan(.listed(query, .success(listing)))) == [.plan(.open(path: "/work/data/users.csv"))])
    }

    @Test("an item is opened by a click")
    func click() {
        var state = choosing()
        #expect(update(&state, .itemClicked(4)) == [.plan(.open(path: "/work/plan.yaml"))])
        state = choosing()
        expect(&state, .itemClicked(99))
    }

    @Test("what is typed and not listed is tried all the same")
    func unlisted() {
        var state = choosing()
        _ = update(&state, .edited("zzz"))
        #expect(update(&state, .overlayAccepted) == [.plan(.open(path: "/work/zzz"))])
        state = choosing()
        _ = update(&state, .edited(""))
        _ = update(
            &state,
            .plan(
                .listed(
                    DirectoryQuery(base: "/work", path: ""), .success(DirectoryListing(directory: "/", entries: [])))))
        #expect(update(&state, .overlayAccepted) == [])
    }

    @Test(
        "a path leads to another directory, relative, absolute or at home",
        arguments: [("data/u", "data/"), ("../", "../"), ("/etc/pass", "/etc/"), ("~/p", "~/")])
    func path(text: String, directory: String) {
        var state = choosing()
        let query = DirectoryQuery(base: "/work", path: directory)
        #expect(update(&state, .edited(text)) == [.plan(.list(query))])
        #expect(names(state) == [])
        // An answer about the directory before comes too late.
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: ""), .success(Self.listing))))
        #expect(names(state) == [])
        let listing = DirectoryListing(directory: "/else", entries: [FileEntry("users.csv", .records(.csv))])
        _ = update(&state, .plan(.listed(query, .success(listing))))
        _ = update(&state, .edited(directory + "users"))
        #expect(update(&state, .overlayAccepted) == [.plan(.open(path: "/else/users.csv"))])
    }

    @Test("a directory that cannot be listed says why until another is asked for")
    func unlistable() {
        var state = choosing()
        _ = update(&state, .edited("data/"))
        let query = DirectoryQuery(base: "/work", path: "data/")
        _ = update(&state, .plan(.listed(query, .failure(FileProblem("Permission denied")))))
        _ = update(&state, .edited("data/x"))
        #expect(chooser(state)?.problem == "Permission denied")
        #expect(update(&state, .overlayAccepted) == [])
        _ = update(&state, .edited("data"))
        #expect(chooser(state)?.problem == nil)
    }

    @Test("the directory above is one key away")
    func parent() {
        var state = choosing()
        #expect(update(&state, .plan(.directoryLeft)) == [.plan(.list(DirectoryQuery(base: "/", path: "")))])
        let root = DirectoryListing(directory: "/", entries: [FileEntry("work", .directory)])
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/", path: ""), .success(root))))
        #expect(names(state) == ["work"])
    }

    @Test(
        "a path is completed as far as it is certain",
        arguments: [
            ("pl", "plan"), ("plane", "planets.csv"), ("da", "data/"), ("DA", "data/"), ("zz", "zz"),
            (".h", ".hidden.yaml"),
        ])
    func complete(text: String, completed: String) {
        var state = choosing()
        _ = update(&state, .edited(text))
        let effects = update(&state, .plan(.pathCompleted))
        #expect(chooser(state)?.text == completed)
        #expect(effects == (completed == "data/" ? [.plan(.list(DirectoryQuery(base: "/work", path: "data/")))] : []))
    }

    @Test("arrows go through the list and stay in it")
    func arrows() {
        var state = choosing()
        _ = update(&state, .steppedInOverlay(by: 2))
        #expect(choice(state) == "notes.txt")
        _ = update(&state, .steppedInOverlay(by: 10))
        #expect(choice(state) == "planets.csv")
        _ = update(&state, .steppedInOverlay(by: -10))
        #expect(choice(state) == "..")
    }

    @Test("a list that is cut says so")
    func cut() {
        var state = State.connected(directory: "/work")
        _ = update(&state, .pressed(.openPlan))
        var listing = Self.listing
        listing.isCut = true
        _ = update(&state, .plan(.listed(DirectoryQuery(base: "/work", path: ""), .success(listing))))
        #expect(chooser(state)?.problem == "only 6 names are listed: type the rest of the path")
    }

    // MARK: Writing

    @Test("a name to write to narrows nothing, and stays when another directory is opened")
    func write() {
        var state = choosing(.writePlan)
        #expect(chooser(state)?.text == "plan.yaml")
        #expect(names(state)?.count == 6)
        #expect(choice(state) == nil)
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .steppedInOverlay(by: 1))
        #expect(choice(state) == "data")
        _ = update(&state, .overlayAccepted)
        #expect(chooser(state)?.base == "/work/data")
        #expect(chooser(state)?.text == "plan.yaml")
    }

    @Test("a file that is chosen to write to gives its name")
    func writeOver() {
        var state = choosing(.writePlan)
        _ = update(&state, .edited("x"))
        _ = update(&state, .itemClicked(5))
        #expect(chooser(state)?.text == "planets.csv")
        #expect(choice(state) == nil)
        _ = update(&state, .steppedInOverlay(by: 1))
        _ = update(&state, .steppedInOverlay(by: -1))
        #expect(choice(state) == nil)
    }

    @Test("the name of a directory is no name to write to: it is opened")
    func writeToDirectory() {
        var state = choosing(.writePlan)
        _ = update(&state, .edited("data"))
        #expect(update(&state, .overlayAccepted) == [.plan(.list(DirectoryQuery(base: "/work/data", path: "")))])
    }

    // MARK: Records

    @Test("records begin with their file, whose path goes into the form")
    func records() {
        var state = State.connected(directory: "/work")
        let query = DirectoryQuery(base: "/work", path: "")
        #expect(update(&state, .plan(.stepChosen(.records))) == [.plan(.list(query))])
        _ = update(&state, .plan(.listed(query, .success(Self.listing))))
        _ = update(&state, .edited("planets"))
        _ = update(&state, .overlayAccepted)
        guard case .form(let form)? = state.overlay else { Issue.record("no form is open"); return }
        #expect(form.fields[0].text == "planets.csv")
        _ = update(&state, .overlayAccepted)
        #expect(state.composer.selection == .records(RecordsStep(from: .file("planets.csv"))))
    }

    @Test("a file is looked for only in a field for one")
    func browse() {
        var state = State.connected(directory: "/work")
        _ = update(&state, .plan(.stepChosen(.records)))
        _ = update(&state, .overlayDismissed)
        #expect(update(&state, .plan(.fieldBrowsed)) != [])
        _ = update(&state, .overlayDismissed)
        _ = update(&state, .steppedInOverlay(by: 1))
        expect(&state, .plan(.fieldBrowsed))
        state.overlays = []
        expect(&state, .plan(.fieldBrowsed))
    }
}
