/// The earlier calls on screen: a window of the list, narrowed by what is typed.
///
/// However many calls there are, at most ``rowLimit`` of them are held; the others come when the window moves.
public struct HistoryBrowser: ListOverlay {
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
    public internal(set) var selected = 0
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

    // MARK: What a user does

    var overlay: Overlay { .history(self) }
    var editedText: String? { text }
    var count: Int { entries.count }

    mutating func edit(_ text: String) -> [Effect] {
        guard text != self.text else { return [] }
        self.text = text
        isAccepted = false
        forgetOpening()
        problem = nil
        return ask(.newest)
    }

    mutating func step(by distance: Int, in metrics: PaneMetrics) -> [Effect] {
        select(selected + distance)
        problem = nil
        guard pending == nil else { return [] }
        if distance > 0, hasOlder, selected + Self.margin >= entries.count, let last = entries.last {
            return ask(.before(last.id))
        }
        if distance < 0, hasNewer, selected < Self.margin, let first = entries.first { return ask(.after(first.id)) }
        return []
    }

    mutating func select(_ row: Int) {
        selected = max(0, min(row, count - 1))
        forgetOpening()
    }

    /// Opens the chosen call. Who types and accepts is faster than a disk: then the list is waited for.
    func accept(in state: inout State) -> [Effect] {
        guard work == nil else { return [] }
        let entry = selection
        return state.change(Self.self) { [isLive = state.isCallLive] browser in
            browser.isAccepted = browser.isStale
            guard !browser.isStale, let entry else { return [] }
            guard !isLive else { return browser.refuse(Self.liveCallReason) }
            browser.work = .opening(entry.id)
            browser.problem = nil
            return [.history(.open(entry.id))]
        }
    }

    static let liveCallReason = "a call is running: half-close it or cancel it before an earlier one is opened"

    /// Says why something was not done.
    mutating func refuse(_ reason: String) -> [Effect] {
        work = nil
        problem = .failed(reason)
        return []
    }

    /// A call that is being opened is not wanted any more.
    private mutating func forgetOpening() {
        if case .opening = work { work = nil }
    }

    /// Asks for part of the list.
    private mutating func ask(_ part: HistoryQuery.Part) -> [Effect] {
        let query = HistoryQuery(text: text, part)
        pending = query
        return [.history(.list(query))]
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
    mutating func remove(_ call: Int64) -> [Effect] {
        entries.removeAll { $0.id == call }
        select(selected)
        return entries.isEmpty && pending == nil ? ask(.newest) : []
    }
}
