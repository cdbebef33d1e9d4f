public import RPCCore

/// A list to choose one item from, narrowed by what is typed where that makes sense.
public struct Menu: ListOverlay {
    /// An item of a menu and what choosing it does.
    public struct Item: Hashable, Sendable {
        public var title: String
        /// More about it, beside the title.
        public var detail = ""
        /// Words by which it is found beside its title.
        var aliases = ""
        /// Whether it is chosen already, in menus where that can be.
        public var isMarked = false
        public var choice: Message
    }

    /// What stands before the title of an item.
    public enum Lead: Hashable, Sendable {
        case nothing
        /// The key that chooses it.
        case number
        /// Whether it is chosen already.
        case mark
    }

    public let title: String
    /// What can be done with it, where that does not go without saying.
    public internal(set) var hint: String
    public let lead: Lead
    /// Whether it is there to be narrowed by typing.
    public let isSearched: Bool
    /// Whether it stays open when an item was chosen.
    let staysOpen: Bool
    public private(set) var allItems: [Item]
    /// The items that match the query, the best first. They are looked for when something changes, and not when they are drawn.
    public private(set) var items: [Item]
    /// Characters of the longest title, of the longest one that has details beside it, and of the longest details.
    public private(set) var widths = Widths()
    /// What was typed to narrow the list.
    public private(set) var query = ""
    /// The chosen item, counted from 0 among those that match.
    public var selected: Int

    init(
        _ title: String, hint: String = "", _ lead: Lead, selected: Int = 0, isSearched: Bool = false,
        staysOpen: Bool = false, _ items: [Item]
    ) {
        (self.title, self.hint, self.lead, self.selected) = (title, hint, lead, selected)
        (self.isSearched, self.staysOpen, allItems, self.items) = (isSearched, staysOpen, items, items)
        widths = Widths(items)
    }

    /// How long the texts of the items are.
    public struct Widths: Hashable, Sendable {
        public var title = 0
        public var titleWithDetail = 0
        public var detail = 0

        init(_ items: [Item] = []) {
            for item in items {
                title = max(title, item.title.count)
                detail = max(detail, item.detail.count)
                if !item.detail.isEmpty { titleWithDetail = max(titleWithDetail, item.title.count) }
            }
        }
    }

    /// Shows other items in place of those that are there.
    mutating func replaceItems(by items: [Item]) {
        allItems = items
        widths = Widths(items)
        narrow()
        select(selected)
    }

    private mutating func narrow() {
        let wanted = FuzzyQuery(query)
        guard !wanted.isEmpty else {
            items = allItems
            return
        }
        let scored = allItems.enumerated().compactMap { place, item -> (score: Int, place: Int, item: Item)? in
            let names = [item.title[...]] + item.aliases.split(separator: " ")
            return wanted.score(FuzzyQuery.Names(names.map(String.init))).map { (score: $0, place: place, item: item) }
        }
        items = scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.map(\.item)
    }

    // MARK: What a user does

    var overlay: Overlay { .menu(self) }
    var editedText: String? { isSearched ? query : nil }
    var count: Int { items.count }

    mutating func edit(_ text: String) -> [Effect] {
        guard isSearched else { return [] }
        query = State.searched(text)
        narrow()
        // Whoever types all of a name means that one, whatever else has it in its own.
        selected = items.firstIndex { $0.title.lowercased() == query.lowercased() } ?? 0
        return []
    }

    func accept(in state: inout State) -> [Effect] {
        guard items.indices.contains(selected) else { return [] }
        if !staysOpen { state.overlays.removeLast() }
        let choice = items[selected].choice
        if isSearched, case .pressed(let action) = choice { state.remember(action) }
        return update(&state, choice)
    }
}

// MARK: - The menus

extension Menu {
    /// Everything that can be done, by name.
    /// - Parameter recent: What comes first.
    public static func palette(recent: [Action] = []) -> Menu {
        let actions = recent + Action.allCases.filter { $0.isInPalette && !recent.contains($0) }
        return Menu(
            "Commands", .nothing, isSearched: true,
            actions.map { Item(title: $0.title, aliases: "\($0.rawValue) \($0.aliases)", choice: .pressed($0)) })
    }

    /// The kinds of call.
    /// - Parameter present: The one to begin at.
    public static func kinds(_ present: CallKind) -> Menu {
        Menu(
            "Kind of call", .number, selected: CallKind.allCases.firstIndex(of: present) ?? 0,
            CallKind.allCases.map { Item(title: $0.title, choice: .kindChosen($0)) })
    }

    /// The kinds of step that can be added.
    public static var steps: Menu {
        Menu(
            "Add a step", .number,
            StepKind.allCases.map { Item(title: $0.title, detail: $0.meaning, choice: .plan(.stepChosen($0))) })
    }

    private static let faultsTitle = "Faults of the demo server"

    /// Faults to order, and to take back; stays open for more than one.
    public static func faults(_ board: FaultBoard) -> Menu {
        Menu(
            faultsTitle, hint: "enter orders or takes back, esc closes", .mark, isSearched: true, staysOpen: true,
            items(of: board))
    }

    /// Shows in the menu of faults what is ordered now.
    mutating func show(_ board: FaultBoard) {
        guard title == Self.faultsTitle else { return }
        replaceItems(by: Self.items(of: board))
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

extension State {
    /// What is looked for in a list: a slash before it is how people begin a search, and no part of it.
    static func searched(_ text: String) -> String { text.hasPrefix("/") ? String(text.dropFirst()) : text }

    /// So many actions come first in the palette.
    private static let recentLimit = 5

    /// An action was chosen by name.
    fileprivate mutating func remember(_ action: Action) {
        recentActions = Array(([action] + recentActions.filter { $0 != action }).prefix(Self.recentLimit))
    }
}
