/// All keys, narrowed by what is typed.
public struct Help: ScrolledOverlay {
    public var position = ListPosition()
    /// What was typed to narrow them.
    public private(set) var query = ""

    public init() {}

    var overlay: Overlay { .help(self) }
    var editedText: String? { query }

    mutating func edit(_ text: String) -> [Effect] {
        query = State.searched(text)
        position = ListPosition()
        return []
    }
}
