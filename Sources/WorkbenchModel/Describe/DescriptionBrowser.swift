public import RPCCore

/// Declarations to be read: types that they name can be followed, and left again.
public struct DescriptionBrowser: OverlayComponent {
    /// A type that a declaration names: which line, and which part of it.
    public struct Link: Hashable, Sendable {
        public var line: Int
        public var part: Int
    }

    /// A declaration, and how far it was read.
    public struct Page: Hashable, Sendable {
        public let declaration: Declaration
        public let links: [Link]
        /// The first line that is shown, counted from 0.
        public internal(set) var top = 0
        /// The chosen link, counted from 0; `nil` where there is none.
        public internal(set) var chosen: Int?

        init(_ declaration: Declaration) {
            self.declaration = declaration
            links = declaration.lines.enumerated().flatMap { line, parts in
                parts.indices.compactMap { part in
                    if case .type = parts[part] { Link(line: line, part: part) } else { nil }
                }
            }
            chosen = links.isEmpty ? nil : 0
        }

        /// The name of the type that is chosen.
        var target: String? {
            guard let chosen, links.indices.contains(chosen) else { return nil }
            let link = links[chosen]
            return declaration.lines[link.line][link.part].text
        }
    }

    /// What was looked up, the newest last; never empty.
    public private(set) var pages: [Page]
    /// What is looked for in it; `nil` where nobody types that.
    public private(set) var search: String?
    /// What was looked for last.
    public private(set) var pattern = ""
    /// What there is to say of the last key, such as that nothing was found.
    public private(set) var note = ""
    private let source: any MessageCodec

    /// So many pages can be gone back.
    private static let pageLimit = 100

    /// - Returns: `nil` where the symbol is declared nowhere.
    init?(_ symbol: String, by source: any MessageCodec) {
        guard let declaration = source.declaration(of: symbol) else { return nil }
        self.source = source
        pages = [Page(declaration)]
    }

    public static func == (one: DescriptionBrowser, other: DescriptionBrowser) -> Bool {
        one.pages == other.pages && one.search == other.search && one.pattern == other.pattern
            && one.note == other.note
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(pages.count)
        hasher.combine(page.top)
    }

    /// What is read now.
    public private(set) var page: Page {
        get { pages[pages.count - 1] }
        set { pages[pages.count - 1] = newValue }
    }

    // MARK: What a user does

    var overlay: Overlay { .description(self) }
    var editedText: String? { search }

    mutating func edit(_ text: String) -> [Effect] {
        if search != nil { search = text }
        return []
    }

    /// Goes to the next type in sight, or on by a line where none is; by several lines at once only those are gone.
    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        note = ""
        let rows = max(1, metrics.rows)
        let visible = page.top..<page.top + rows
        if abs(distance) == 1, let chosen = page.chosen {
            let next = chosen + distance
            let isSeen = visible.contains(page.links[chosen].line)
            if isSeen, page.links.indices.contains(next), visible.contains(page.links[next].line) {
                page.chosen = next
                return []
            }
        }
        scroll(to: page.top + distance, rows)
        return []
    }

    /// Goes to another type, wherever it is.
    mutating func stepLink(by distance: Int, rows: Int) {
        note = ""
        guard let chosen = page.chosen else { return }
        let count = page.links.count
        let next = ((chosen + distance) % count + count) % count
        page.chosen = next
        show(line: page.links[next].line, rows)
    }

    /// Follows the chosen type; where something is looked for, looks for it.
    func accept(in state: inout State) -> [Effect] {
        var browser = self
        if let search {
            browser.search = nil
            browser.pattern = search
            browser.find(forward: true, includingTop: true, state.layout.overlay.rows)
        } else {
            browser.follow()
        }
        state.replaceOverlay(browser)
        return []
    }

    private mutating func follow() {
        guard let target = page.target, let declaration = source.declaration(of: target) else {
            note = "no type is named here"
            return
        }
        note = ""
        pages.append(Page(declaration))
        if pages.count > Self.pageLimit { pages.removeFirst() }
    }

    /// Returns to the page before.
    mutating func goBack() {
        note = pages.count > 1 ? "" : "this is the first page"
        if pages.count > 1 { pages.removeLast() }
    }

    mutating func askForSearch() { search = "" }

    mutating func leaveSearch() { search = nil }

    /// Goes to the next line that has what is looked for.
    /// - Parameter includingTop: Whether the first line that is shown counts.
    mutating func find(forward: Bool, includingTop: Bool = false, _ rows: Int) {
        note = ""
        guard !pattern.isEmpty else {
            note = "nothing was looked for yet"
            return
        }
        let wanted = pattern.lowercased()
        let lines = page.declaration.lines
        let start = found ?? page.top
        let after = includingTop ? Array(start..<lines.count) : Array(start + 1..<max(start + 1, lines.count))
        let order =
            forward
            ? after + Array(0..<min(start + 1, lines.count)) : (0..<start).reversed() + (start..<lines.count).reversed()
        guard let line = order.first(where: { Declaration.text(of: lines[$0]).lowercased().contains(wanted) }) else {
            note = "\(pattern) is not in it"
            return
        }
        found = line
        if let link = page.links.firstIndex(where: { $0.line == line }) { page.chosen = link }
        show(line: line, rows)
    }

    /// The line on which something was found last.
    private var found: Int?

    private mutating func show(line: Int, _ rows: Int) {
        guard !(page.top..<page.top + max(1, rows)).contains(line) else { return }
        scroll(to: line - max(1, rows) / 2, rows, keepsLink: true)
    }

    private mutating func scroll(to top: Int, _ rows: Int, keepsLink: Bool = false) {
        let last = max(0, page.declaration.lines.count - max(1, rows))
        page.top = max(0, min(top, last))
        guard !keepsLink, let chosen = page.chosen else { return }
        // The chosen type stays in sight where there is one.
        let visible = page.top..<page.top + max(1, rows)
        guard !visible.contains(page.links[chosen].line) else { return }
        let seen = page.links.indices.filter { visible.contains(page.links[$0].line) }
        page.chosen = (page.links[chosen].line < page.top ? seen.first : seen.last) ?? chosen
    }
}

/// What a user does in a description. Part of ``Message``.
public enum DescriptionMessage: Hashable, Sendable {
    case left
    case linkStepped(by: Int)
    case searchAsked
    case searchLeft
    case foundNext(forward: Bool)
}
