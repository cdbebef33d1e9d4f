import GreeterCore

/// What lies over the workbench and takes the keys.
public enum Overlay: Hashable, Sendable {
    /// All keys, scrolled by so many rows.
    case help(scroll: Int)
    case form(Form)
    case menu(Menu)
    /// "A stream is open. Quit all the same?"
    case confirmQuit
}

/// A list to choose one item from, narrowed by what is typed where that makes sense.
public struct Menu: Hashable, Sendable {
    public enum Purpose: Hashable, Sendable {
        case palette
        case kind
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
        public var choice: Message
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
        }
    }
}
