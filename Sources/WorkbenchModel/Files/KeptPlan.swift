public import Plans

/// Changes that an earlier run of the program has kept, because it was left at once.
public struct KeptPlan: Hashable, Sendable {
    /// Where they are kept.
    public var path: String
    /// The file that they belong to; `nil` where the plan had none.
    public var file: String?
    /// When they were kept, for people.
    public var time: String

    public init(path: String, file: String?, time: String) {
        self.path = path
        self.file = file
        self.time = time
    }
}

/// Changes that are to be kept.
public struct UnsavedPlan: Hashable, Sendable {
    public var document: PlanDocument
    /// The file that they belong to; `nil` where the plan has none.
    public var place: PlanPlace?
    /// Where they are kept already, in an earlier version.
    public var keptPath: String?

    public init(document: PlanDocument, place: PlanPlace?, keptPath: String?) {
        self.document = document
        self.place = place
        self.keptPath = keptPath
    }
}
