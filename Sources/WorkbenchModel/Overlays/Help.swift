/// All keys.
public struct Help: ScrolledOverlay {
    public var position = ListPosition()

    public init() {}

    var overlay: Overlay { .help(self) }
}
