public import Plans

/// A plan that is to be written.
public struct PlanWrite: Hashable, Sendable {
    public var document: PlanDocument
    /// Absolute.
    public var path: String
    public var rule: Rule

    public init(_ document: PlanDocument, to path: String, _ rule: Rule) {
        self.document = document
        self.path = path
        self.rule = rule
    }

    /// What may be at the path.
    public enum Rule: Hashable, Sendable {
        case nothing
        /// This version of the file, or nothing.
        case version(FileVersion)
        case anything
    }
}

/// What came of writing a plan.
public enum WriteOutcome: Hashable, Sendable {
    case written(PlanPlace)
    /// Not written: there is a file at the path.
    case exists
    /// Not written: the file is not the version that was expected.
    case hasChanged
    case failed(FileProblem)
}

/// Why something could not be done with a file, in one line without a full stop.
public struct FileProblem: Error, Hashable, Sendable {
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}
