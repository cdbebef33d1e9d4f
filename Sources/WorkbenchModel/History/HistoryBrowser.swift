/// The earlier calls on screen: a window of the list, narrowed by what is typed.
///
/// However many calls there are, at most ``rowLimit`` of them are held; the others come when the window moves.
public struct HistoryBrowser: Hashable, Sendable {
    /// Calls that are asked for at a time.
    public static let pageLength = 100
    /// Calls that are held; those at the other end make room.
    public static let rowLimit = 300
    /// So many rows before the end of the window more are asked for.
    private static let margin = 20

    /// What is done with a call, one at a time.
    public enum Work: Hashable, Sendable {
        case opening(Int64)
        case deleting(Int64)
    }

    /// What was typed to narrow the list.
    public private(set) var text = ""
    /// The newest first.
    public private(set) var entries: [HistoryEntry] = []
    /// The chosen row, counted from 0.
    public private(set) var selected = 0
    /// What is being read.
    public private(set) var pending: HistoryQuery? = HistoryQuery(.newest)
    private var hasNewer = false
    private var hasOlder = false
    public internal(set) var work: Work?
    /// Why the list, or the last thing that was wanted, could not be had.
    public internal(set) var problem: HistoryProblem?
    /// Whether the first call of the list was accepted before the list was there.
    var isAccepted = false

    public init() {}

    /// The chosen call, where there is one.
    public var selection: HistoryEntry? { entries.indices.contains(selected) ? entries[selected] : nil }

    /// Whether the rows are not those of the text any more.
    public var isStale: Bool { pending?.part == .newest }

    // MARK: What a person does

    /// - Returns: what is to be read then.
    mutating func type(_ text: String) -> HistoryQuery? {
        guard text != self.text else { return nil }
        self.text = text
        isAccepted = false
        forgetOpening()
        problem = nil
        return ask(.newest)
    }

    /// Chooses another row.
    /// - Returns: what is to be read then.
    mutating func step(by distance: Int) -> HistoryQuery? {
        select(selected + distance)
        problem = nil
        guard pending == nil else { return nil }
        if distance > 0, hasOlder, selected + Self.margin >= entries.count, let last = entries.last {
            return ask(.before(last.id))
        }
        if distance < 0, hasNewer, selected < Self.margin, let first = entries.first { return ask(.after(first.id)) }
        return nil
    }

    /// Chooses a row, at most to the ends of the window.
    mutating func select(_ index: Int) {
        selected = max(0, min(index, entries.count - 1))
        forgetOpening()
    }

    /// A call that is being opened is not wanted any more.
    private mutating func forgetOpening() {
        if case .opening = work { work = nil }
    }

    private mutating func ask(_ part: HistoryQuery.Part) -> HistoryQuery {
        let query = HistoryQuery(text: text, part)
        pending = query
        return query
    }

    // MARK: What came of it

    /// Takes over what was read.
    mutating func show(_ page: [HistoryEntry], for query: HistoryQuery) {
        pending = nil
        problem = nil
        let isCut = page.count == query.limit
        switch query.part {
        case .newest:
            entries = page
            selected = 0
            (hasNewer, hasOlder) = (false, isCut)
        case .before:
            entries += page
            hasOlder = isCut
            let excess = max(0, entries.count - Self.rowLimit)
            entries.removeFirst(excess)
            selected = max(0, selected - excess)
            if excess > 0 { hasNewer = true }
        case .after:
            entries = page + entries
            selected += page.count
            hasNewer = isCut
            let excess = max(0, entries.count - Self.rowLimit)
            entries.removeLast(excess)
            selected = min(selected, entries.count - 1)
            if excess > 0 { hasOlder = true }
        }
    }

    /// Notes that it could not be read.
    mutating func fail(_ problem: HistoryProblem) {
        pending = nil
        isAccepted = false
        self.problem = problem
    }

    /// Takes a call out of the list.
    /// - Returns: what is to be read then.
    mutating func remove(_ call: Int64) -> HistoryQuery? {
        entries.removeAll { $0.id == call }
        select(selected)
        return entries.isEmpty && pending == nil ? ask(.newest) : nil
    }
}
