import RPCCore

/// A file to choose: a path that is typed, and what is in the directory that it leads to.
public struct FileChooser: OverlayComponent {
    public enum Purpose: Hashable, Sendable {
        case openPlan
        case writePlan
        /// For the field of the form below that has the focus.
        case records
        /// For a call, by its number in the history.
        case exportCall(Int64)

        /// Whether it is a file to be written.
        public var isWritten: Bool {
            switch self {
            case .writePlan, .exportCall: true
            case .openPlan, .records: false
            }
        }
    }

    public let purpose: Purpose
    /// Where the typed path begins. Absolute.
    public private(set) var base: String
    public private(set) var text: String
    /// What is in the directory that the text leads to; `nil` until that is known.
    public private(set) var listing: DirectoryListing?
    /// The chosen item, counted from 0; `nil` where it is the text that counts.
    public private(set) var selected: Int?
    /// Why the directory or the file could not be had.
    public internal(set) var problem: String?
    /// The file that is being opened.
    public internal(set) var pendingPath: String?
    /// Whether it was accepted before the directory was known.
    var isAccepted = false

    public init(_ purpose: Purpose, base: String, text: String = "") {
        self.purpose = purpose
        self.base = base
        self.text = text
    }

    public var title: String {
        switch purpose {
        case .openPlan: "Open a plan"
        case .writePlan: "Write the plan"
        case .records: "Records from a file"
        case .exportCall: "Export the call: .jsonl, .csv or .txt"
        }
    }

    /// The directory that is shown, or asked for.
    public var query: DirectoryQuery { DirectoryQuery(base: base, path: String(text[..<nameStart])) }

    /// The text after the last `/`.
    public var name: String { String(text[nameStart...]) }

    private var nameStart: String.Index { text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex }

    /// What is in the directory. What is hidden is shown only to who types the dot.
    private var shown: [FileEntry] {
        (listing?.entries ?? []).filter { $0.name.first != "." || name.first == "." }
    }

    /// The items on offer: what is in the directory, narrowed by the name that is typed, unless that is one to write to.
    public var items: [FileEntry] {
        guard let listing else { return [] }
        let pattern = purpose.isWritten ? "" : name.lowercased()
        let matches = shown.filter { $0.name.containsIgnoringCase(pattern) }
        let ranked = matches.enumerated().sorted {
            ($0.element.rank(pattern), $0.offset) < ($1.element.rank(pattern), $1.offset)
        }
        let hasParent = pattern.isEmpty && listing.directory != "/"
        return (hasParent ? [.parent] : []) + ranked.map(\.element)
    }

    /// The path of a name in the directory that is shown; `nil` until that is known.
    public func path(of name: String) -> String? {
        listing.map { PathText.resolved(name, in: $0.directory) }
    }

    // MARK: What a user does

    var overlay: Overlay { .chooser(self) }
    var editedText: String? { text }

    mutating func edit(_ text: String) -> [Effect] {
        isAccepted = false
        pendingPath = nil
        let before = query
        self.text = text
        return look(from: before)
    }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        let count = items.count
        guard count > 0 else { return [] }
        guard let selected else {
            self.selected = distance > 0 ? 0 : nil
            return []
        }
        let next = selected + distance
        self.selected = next < 0 && purpose.isWritten ? nil : max(0, min(next, count - 1))
        return []
    }

    func choose(_ index: Int, in state: inout State) -> [Effect] {
        guard items.indices.contains(index) else { return [] }
        var chosen = self
        chosen.selected = index
        state.replaceOverlay(chosen)
        return chosen.accept(in: &state)
    }

    func accept(in state: inout State) -> [Effect] {
        guard pendingPath == nil else { return [] }
        guard listing != nil || problem != nil else {
            // Who types a whole path is faster than a file system.
            state.alter(Self.self) { $0.isAccepted = true }
            return []
        }
        guard let entry = chosenEntry else {
            return name.isEmpty ? [] : path(of: name).map { take($0, in: &state) } ?? []
        }
        if entry.kind == .directory { return state.change(Self.self) { $0.enter(entry) } }
        guard !purpose.isWritten else {
            state.alter(Self.self) { $0.take(entry) }
            return []
        }
        return path(of: entry.name).map { take($0, in: &state) } ?? []
    }

    /// What is chosen in the list, or else the directory that is typed.
    private var chosenEntry: FileEntry? {
        let items = items
        if let selected, items.indices.contains(selected) { return items[selected] }
        return listing?.entries.first { $0.name == name && $0.kind == .directory }
    }

    /// Does with a file what it was chosen for.
    private func take(_ path: String, in state: inout State) -> [Effect] {
        switch purpose {
        case .openPlan:
            state.alter(Self.self) { $0.pendingPath = path }
            return [.plan(.open(path: path, of: state.method))]
        case .writePlan: return state.write(to: path)
        case .exportCall(let call): return state.export(call, to: path)
        case .records:
            state.overlays.removeLast()
            return state.takeRecords(path)
        }
    }

    /// Types as much of the name as is the same in all that begin with it.
    mutating func complete() -> [Effect] {
        let candidates = shown.filter { $0.name.lowercased().hasPrefix(name.lowercased()) }
        guard let first = candidates.first else { return [] }
        let common = candidates.dropFirst().reduce(first.name) { $0.commonPrefix(with: $1.name) }
        guard common.count >= name.count else { return [] }
        let end = candidates.count == 1 && first.kind == .directory ? "/" : ""
        return edit(query.path + common + end)
    }

    /// Goes into a directory that is offered. A name to write to stays.
    mutating func enter(_ entry: FileEntry) -> [Effect] {
        if let path = path(of: entry.name) {
            base = path
            forgetListing(text: purpose.isWritten ? name : "")
        }
        return [.plan(.list(query))]
    }

    /// Puts the name of a file into the text.
    mutating func take(_ entry: FileEntry) {
        text = query.path + entry.name
        selected = nil
    }

    // MARK: What came of it

    mutating func show(_ listing: DirectoryListing) {
        self.listing = listing
        problem = listing.isCut ? "only \(listing.entries.count) names are listed: type the rest of the path" : nil
        chooseFirst()
    }

    /// Looks into another directory where the text leads to one.
    private mutating func look(from before: DirectoryQuery) -> [Effect] {
        guard query == before else {
            forgetListing(text: text)
            return [.plan(.list(query))]
        }
        // A directory that could not be listed is still the one that is asked for.
        if listing != nil { problem = nil }
        chooseFirst()
        return []
    }

    private mutating func forgetListing(text: String) {
        self.text = text
        listing = nil
        selected = nil
        problem = nil
    }

    /// Chooses what is likely meant: the first match, but not the directory above.
    private mutating func chooseFirst() {
        let items = items
        guard !purpose.isWritten, !items.isEmpty else {
            selected = nil
            return
        }
        selected = items.count > 1 && items[0] == .parent ? 1 : 0
    }
}

extension FileEntry {
    /// Where it stands in a list that is narrowed: what begins with the pattern before what has it elsewhere,
    /// directories before files.
    fileprivate func rank(_ pattern: String) -> Int {
        let name = name.lowercased()
        let match = name == pattern ? 0 : name.hasPrefix(pattern) ? 1 : 2
        return match * 2 + (kind == .directory ? 0 : 1)
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
