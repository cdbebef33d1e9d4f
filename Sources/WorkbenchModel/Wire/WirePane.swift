public import RPCCore

/// The pane that shows what travels beneath the messages. Its records stay in their log.
public struct WirePane: Hashable, Sendable {
    /// Whether it is shown, and listened to what it shows.
    public var isOpen = false
    /// Whether it stays as it is, whatever travels.
    public var isHeld = false
    public var position = ListPosition(isFollowing: true)
    /// What the rows are narrowed to; empty for all.
    public var filter = ""
    /// What all records come to.
    public var summary = WireSummary()
    /// The rows that can be shown, counted from 0 over all there were.
    public var rows = 0..<0
    /// The pane that had the focus before.
    var origin = Pane.compose

    public init() {}
}

/// What is to be done with the log of the wire.
public enum WireEffect: Hashable, Sendable {
    /// Begins to listen, and to answer with ``WireMessage/progressed(_:rows:)``.
    case listen
    case stop
    /// Takes what has come while the pane was held.
    case goOn
    /// Shows only the records with a pattern; all of them for `nil`.
    case filter(MessagePattern?)
    /// Looks for a record, from a row on; answers with ``WireMessage/found(row:)``.
    case find(MessagePattern, row: Int, goesForward: Bool)
}

/// What came of it.
public enum WireMessage: Hashable, Sendable {
    case progressed(WireSummary, rows: Range<Int>)
    /// `nil` where there is none.
    case found(row: Int?)
}
