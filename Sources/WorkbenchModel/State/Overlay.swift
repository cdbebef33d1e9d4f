import RPCCore

/// What lies over the workbench and takes the keys.
public enum Overlay: Hashable, Sendable {
    /// All keys, scrolled by so many rows.
    case help(scroll: Int)
    case form(Form)
    case menu(Menu)
    case question(Question)
    case chooser(FileChooser)
    case preview(PreviewState)
    case comparison(ComparisonState)
    case history(HistoryBrowser)
}

/// A list to choose one item from, narrowed by what is typed where that makes sense.
public struct Menu: Hashable, Sendable {
    public enum Purpose: Hashable, Sendable {
        case palette
        case kind
        case addStep
        /// Faults to order, and to take back; stays open for more than one.
        case faults(FaultBoard)
    }

    public var purpose: Purpose
    /// What was typed to narrow the list.
    public var query = ""
    /// The chosen item, counted from 0 among those that match.
    public var selected = 0

    public init(_ purpose: Purpose, selected: Int = 0) {
        self.purpose = purpose
        self.selected = selected
    }

    /// An item of a menu and what choosing it does.
    public struct Item: Hashable, Sendable {
        public var title: String
        /// More about it, beside the title.
        public var detail = ""
        /// Whether it is chosen already, in menus where that can be.
        public var isMarked = false
        public var choice: Message
    }

    /// Whether it is there to be narrowed by typing.
    public var isSearched: Bool { purpose == .palette }

    /// Whether it stays open when an item was chosen.
    var staysOpen: Bool {
        if case .faults = purpose { true } else { false }
    }

    /// The items that match the query: those whose title contains each of its words.
    public var items: [Item] {
        let words = query.lowercased().split(separator: " ")
        return allItems.filter { item in
            let title = item.title.lowercased()
            return words.allSatisfy { title.contains($0) }
        }
    }

    private var allItems: [Item] {
        switch purpose {
        case .palette:
            Action.allCases.filter(\.isInPalette).map { Item(title: $0.title, choice: .pressed($0)) }
        case .kind:
            CallKind.allCases.map { Item(title: $0.title, choice: .kindChosen($0)) }
        case .addStep:
            StepKind.allCases.map { Item(title: $0.title, detail: $0.meaning, choice: .plan(.stepChosen($0))) }
        case .faults(let board): Self.items(of: board)
        }
    }

    private static func items(of board: FaultBoard) -> [Item] {
        let faults = board.kinds.map { kind in
            let order = board.order(of: kind.name)
            return Item(
                title: order?.text ?? kind.name, detail: kind.meaning, isMarked: order != nil,
                choice: .faultChosen(kind.name))
        }
        return faults + (board.orders.isEmpty ? [] : [Item(title: "take all back", choice: .faultsTakenBack)])
    }
}
