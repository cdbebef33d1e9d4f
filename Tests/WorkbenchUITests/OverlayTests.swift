import TerminalUI
import Testing
import WorkbenchModel

@testable import WorkbenchUI

/// What holds for every overlay, whatever it is for.
@Suite("Overlays")
struct OverlayTests {
    /// The overlays that there are. The compiler asks for one that is missing.
    enum Kind: CaseIterable {
        case help, form, message, menu, question, chooser, preview, comparison, history, methods, description

        init(_ overlay: Overlay) {
            self =
                switch overlay {
                case .help: .help
                case .form: .form
                case .message: .message
                case .menu: .menu
                case .question: .question
                case .chooser: .chooser
                case .preview: .preview
                case .comparison: .comparison
                case .history: .history
                case .methods: .methods
                case .description: .description
                }
        }
    }

    /// The scenes that have an overlay, and every form and menu that there is.
    static let scenes: [(name: String, scene: Scene)] =
        Scene.all.filter { $0.scene.state.overlay != nil } + [
            ("settings", Scene().after(.pressed(.settings))), ("server", Scene().after(.pressed(.chooseServer))),
            ("other server", Scene().after(.pressed(.compare))), ("find", Scene().after(.pressed(.find))),
            ("message", Scene().after(.kindChosen(.bidirectional), .pressed(.send))),
            ("filter", Scene.succeeded.after(.pressed(.filter))), ("jump", Scene.succeeded.after(.pressed(.jump))),
            ("wire filter", Scene().after(.pressed(.wire), .pressed(.filter))),
            ("pause", Scene().after(.plan(.stepChosen(.pause)))),
            ("new records", Scene().after(.plan(.stepChosen(.records)), .overlayDismissed)),
            ("all commands", Scene().after(.pressed(.palette))),
            ("writing", Scene().after(.pressed(.writePlan))), ("empty history", Scene().after(.pressed(.history))),
            ("empty preview", Scene().after(.pressed(.preview))),
        ]

    static let names = scenes.map(\.name)
    static let sizes = [(40, 10), (80, 24), (120, 36), (200, 60)].map { Size(columns: $0, rows: $1) }

    private func scene(_ name: String) throws -> Scene {
        try #require(Self.scenes.first { $0.name == name }?.scene)
    }

    @Test("every overlay that there is, is among the scenes")
    func all() {
        #expect(Set(Self.scenes.compactMap { $0.scene.state.overlay.map(Kind.init) }) == Set(Kind.allCases))
    }

    /// What pressing a key comes to: `nil` where it means nothing to the overlay.
    private func press(_ key: KeyEvent, on state: inout State) -> [Effect]? {
        var editor = Editor()
        editor.follow(state)
        let layout = WorkbenchLayout(size: Size(columns: 80, rows: 24), of: state)
        let interpreter = Interpreter(keymap: .standard)
        return interpreter.message(for: .key(key), state: state, editor: &editor, layout: layout).map {
            update(&state, $0)
        }
    }

    @Test("every overlay can be seen at every size, and over a screen without colour", arguments: names, sizes)
    func drawn(name: String, size: Size) throws {
        let scene = try scene(name)
        var bare = scene
        bare.state.overlays = []
        #expect(scene.draw(size).lines != bare.draw(size).lines)
        #expect(scene.draw(size, theme: .mono).lines == scene.draw(size).lines)
    }

    @Test("escape leaves the row that is edited, then asks for the form that was changed; a text that is no JSON stays")
    func escapeFromMessage() throws {
        var state = try scene("message-edit").state
        for mode in [FormMode.rows, nil] {
            _ = press(KeyEvent(.escape), on: &state)
            let form: MessageEditor? = if case .message(let form)? = state.overlay { form } else { nil }
            #expect(form?.formMode == mode)
        }
        guard case .question? = state.overlay else { throw CancellationError() }
        var text = try scene("message-text").state
        let before = text.overlays
        _ = press(KeyEvent(.escape), on: &text)
        guard case .message(let form)? = text.overlay, case .text(let kept) = form.formMode,
            case .message(let old)? = before.last, case .text(let typed) = old.formMode
        else { throw CancellationError() }
        #expect(kept.lines == typed.lines && form.remark?.hasPrefix("not a form yet: 3:") == true)
    }

    @Test(
        "escape leaves every overlay, and what lies below is as it was",
        arguments: names.filter { !$0.hasPrefix("message") })
    func escape(name: String) throws {
        var state = try scene(name).state
        let below = state.overlays.dropLast()
        let plan = state.composer
        #expect(press(KeyEvent(.escape), on: &state) != nil)
        // A form in which something was typed asks first.
        if case .question(let question)? = state.overlay, question.title == "Leave the form" {
            _ = press(.character("d"), on: &state)
        }
        #expect(state.overlays == Array(below))
        #expect(state.composer == plan)
    }

    /// Two wait for the disk: as yet there is nothing to complete, or to delete.
    @Test(
        "every key that an overlay names does something",
        arguments: names.filter { !["writing", "empty history"].contains($0) })
    func namedKeys(name: String) throws {
        let scene = try scene(name)
        let text = scene.draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        var bare = scene
        bare.state.overlays = []
        let below = bare.draw(Size(columns: 200, rows: 60)).lines.joined(separator: "\n")
        var keys = [
            "enter ": KeyEvent(.enter), "esc ": KeyEvent(.escape), "tab completes": KeyEvent(.tab),
            "ctrl-d deletes": .control("d"), "ctrl-o looks": .control("o"), "backspace goes up": KeyEvent(.backspace),
        ].filter { text.contains($0.key) && !below.contains($0.key) }.map(\.value)
        if case .question(let question)? = scene.state.overlay { keys += question.choices.map { .character($0.key) } }
        for key in keys {
            var state = scene.state
            let effects = press(key, on: &state)
            #expect(effects?.isEmpty == false || state != scene.state, "\(key.name)")
        }
    }

    @Test("a digit chooses where the rows have numbers, and chooses nothing where they have none")
    func digits() throws {
        var kinds = try scene("kinds").state
        _ = press(.character("1"), on: &kinds)
        #expect(kinds.overlays.isEmpty && kinds.settings.kind == .unary)
        var faults = try scene("faults").state
        let (orders, overlays) = (faults.faults, faults.overlays.count)
        _ = press(.character("1"), on: &faults)
        #expect(faults.faults == orders && faults.overlays.count == overlays)
    }

    @Test("space and the arrows go through the words of a field, and ctrl-s keeps what is set")
    func fieldKeys() throws {
        func text(_ state: State) -> String? {
            if case .form(let form)? = state.overlay { form.fields[form.focus].text } else { nil }
        }
        var state = try scene("settings").after(.steppedInOverlay(by: 2)).state
        #expect(text(state) == "restart")
        for (key, expected) in [
            (KeyEvent(.right), "resume"), (.character(" "), "off"), (KeyEvent(.left), "resume"),
            (KeyEvent(.left), "restart"),
        ] {
            _ = press(key, on: &state)
            #expect(text(state) == expected)
        }
        #expect(press(.control("s"), on: &state) == nil, "there is nowhere to keep it")
        var kept = Scene.settingsForm.after(.edited("9s")).state
        #expect(press(.control("s"), on: &kept)?.isEmpty == false)
    }

    @Test(
        "no hint of a form is cut on a screen of 80 columns",
        arguments: ["server", "filter", "settings-form", "servers"])
    func hints(name: String) throws {
        let scene = try scene(name)
        guard case .form(let form)? = scene.state.overlay else { throw CancellationError() }
        let lines = scene.draw(Size(columns: 80, rows: 24)).lines
        let words = lines.joined(separator: " ").split(separator: " ").map(String.init)
        for word in form.fields[form.focus].hint.split(separator: " ") { #expect(words.contains(String(word))) }
    }

    /// The row that an overlay has chosen, if it has a list.
    private func chosenRow(_ overlay: Overlay?) -> Int? {
        switch overlay {
        case .menu(let menu): menu.selected
        case .chooser(let chooser): chooser.selected
        case .history(let browser): browser.selected
        default: nil
        }
    }

    @Test(
        "a click means the row that is drawn there, and every row in sight can be clicked on", arguments: names, sizes)
    func clicks(name: String, size: Size) throws {
        let scene = try scene(name)
        let (screen, clicks) = scene.drawn(size)
        let items = (0..<size.rows).map { row in
            (0..<size.columns).lazy.compactMap { column -> Int? in
                guard case (let place, .items(let first))? = clicks.press(at: Point(column: column, row: row)) else {
                    return nil
                }
                return first + row - place.row
            }.first
        }
        let rows = items.compactMap(\.self)
        // One line each, one below the other, without a gap.
        #expect(rows == Array((rows.first ?? 0)..<(rows.first ?? 0) + rows.count))
        if let chosen = chosenRow(scene.state.overlay), !rows.isEmpty {
            let line = try #require(items.firstIndex(of: chosen))
            #expect((0..<size.columns).contains { screen[$0, line].style == Theme.dark.selection })
        }
        if let first = rows.first {
            var clicked = scene.state
            let effects = update(&clicked, .itemClicked(first))
            #expect(!effects.isEmpty || clicked != scene.state)
        }
    }
}
