public import Plans
import RPCCore

/// A file that holds a plan, as the program saw it last.
public struct PlanPlace: Hashable, Sendable {
    /// Absolute.
    public var path: String
    public var version: FileVersion
    /// Whether there are comments in it, which are not kept when it is written.
    public var hasComments: Bool

    public init(path: String, version: FileVersion, hasComments: Bool = false) {
        self.path = path
        self.version = version
        self.hasComments = hasComments
    }

    /// The name of the file, without its directory.
    public var name: String { PathText.name(of: path) }
}

/// Tells one content of a file from another. What is in it means nothing to anybody but who makes it.
public struct FileVersion: Hashable, Sendable {
    public var token: String

    public init(_ token: String) {
        self.token = token
    }
}

/// A plan that was read from a file.
public struct OpenedPlan: Hashable, Sendable {
    /// With an absolute ``PlanDocument/directory``.
    public var document: PlanDocument
    /// The file that holds this very plan; `nil` where none does, as with a plan that reads the records of the file.
    public var place: PlanPlace?
    /// What there is to say of the file.
    public var notice: String?
    /// The text of the plan, where its messages are not known yet: those of another service.
    public var source: PlanSource?

    public init(
        _ document: PlanDocument, place: PlanPlace?, notice: String? = nil, source: PlanSource? = nil
    ) {
        self.source = source
        self.document = document
        self.place = place
        self.notice = notice
    }
}
