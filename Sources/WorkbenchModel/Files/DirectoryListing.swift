public import Plans

/// What a directory holds.
public struct DirectoryListing: Hashable, Sendable {
    /// Absolute.
    public var directory: String
    public var entries: [FileEntry]
    /// Whether there are more than could be listed.
    public var isCut: Bool

    public init(directory: String, entries: [FileEntry], isCut: Bool = false) {
        self.directory = directory
        self.entries = entries
        self.isCut = isCut
    }
}

/// A file or directory in a directory.
public struct FileEntry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case directory
        case plan
        case records(RecordFormat)
        case other
    }

    public var name: String
    public var kind: Kind

    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    static let parent = FileEntry("..", .directory)
}

/// Which directory is to be listed.
public struct DirectoryQuery: Hashable, Sendable {
    /// Absolute.
    public var base: String
    /// From there on, as a user writes it: empty, or ending in `/`; absolute; or beginning with `~/`.
    public var path: String

    public init(base: String, path: String) {
        self.base = base
        self.path = path
    }
}
