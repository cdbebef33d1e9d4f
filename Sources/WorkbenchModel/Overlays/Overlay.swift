/// What lies over the workbench and takes the keys. Each is a type of its own that has all of what a user can do with it.
public enum Overlay: Hashable, Sendable {
    case help(Help)
    case form(Form)
    case message(MessageEditor)
    case menu(Menu)
    case question(Question)
    case chooser(FileChooser)
    case preview(PreviewState)
    case comparison(ComparisonState)
    case history(HistoryBrowser)
    case methods(MethodChooser)
    case description(DescriptionBrowser)

    /// The overlay as what all of them are. Nothing else in this target tells them all apart.
    var component: any OverlayComponent {
        get {
            switch self {
            case .help(let help): help
            case .form(let form): form
            case .message(let form): form
            case .menu(let menu): menu
            case .question(let question): question
            case .chooser(let chooser): chooser
            case .preview(let preview): preview
            case .comparison(let comparison): comparison
            case .history(let browser): browser
            case .methods(let chooser): chooser
            case .description(let browser): browser
            }
        }
        set { self = newValue.overlay }
    }

    /// Whether there is something in it whose declaration can be looked up.
    public var isDescribed: Bool {
        switch self {
        case .methods, .form, .message: true
        default: false
        }
    }

    /// Whether letters are typed into it, and are no commands.
    public var takesLetters: Bool {
        if case .message(let form) = self, case .rows = form.mode { false } else { true }
    }
}

/// What can be done with an overlay. What is not said here of one leaves it as it is.
protocol OverlayComponent: Hashable, Sendable {
    /// Itself, as one of all.
    var overlay: Overlay { get }
    /// The text of the field that has the focus; `nil` where no text is edited.
    var editedText: String? { get }
    /// Which of its fields has the focus, counted from 0.
    var focus: Int { get }

    /// Takes over what was typed into the field that has the focus.
    mutating func edit(_ text: String) -> [Effect]
    /// Goes to another field, another row, or other lines.
    /// - Parameter metrics: How much of it can be seen, and how much there is, where only the layout knows.
    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect]
    /// Does what clicking an item means, or the key of a choice. It lies on top.
    func choose(_ index: Int, in state: inout State) -> [Effect]
    /// Does what the enter key means. It lies on top.
    func accept(in state: inout State) -> [Effect]
    /// Does what the escape key means. It lies on top.
    func leave(in state: inout State) -> [Effect]
    /// What is to be ended once it was left.
    var effectsOfLeaving: [Effect] { get }
}

extension OverlayComponent {
    var editedText: String? { nil }
    var focus: Int { 0 }
    var effectsOfLeaving: [Effect] { [] }

    mutating func edit(_ text: String) -> [Effect] { [] }
    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] { [] }
    func choose(_ index: Int, in state: inout State) -> [Effect] { [] }
    func accept(in state: inout State) -> [Effect] { state.dismissOverlay() }
    func leave(in state: inout State) -> [Effect] { state.dismissOverlay() }
}

/// An overlay with a list, of which one row is chosen.
protocol ListOverlay: OverlayComponent {
    /// How many rows there are.
    var count: Int { get }
    /// The chosen row, counted from 0.
    var selected: Int { get set }

    /// Chooses a row, at most to the ends of the list.
    mutating func select(_ row: Int)
}

extension ListOverlay {
    mutating func select(_ row: Int) {
        selected = max(0, min(row, count - 1))
    }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        select(selected + distance)
        return []
    }

    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard (0..<count).contains(index) else { return [] }
        var chosen = self
        chosen.select(index)
        state.replaceOverlay(chosen)
        return chosen.accept(in: &state)
    }
}

/// An overlay of lines to be read, that scrolls where there are more of them than fit.
protocol ScrolledOverlay: OverlayComponent {
    var position: ListPosition { get set }
}

extension ScrolledOverlay {
    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        position.scroll(by: distance, in: 0..<max(1, metrics.content), rows: metrics.rows)
        return []
    }
}
