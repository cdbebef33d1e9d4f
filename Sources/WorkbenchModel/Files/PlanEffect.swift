public import Plans

/// What is to be done with plans outside the view-model.
public enum PlanEffect: Hashable, Sendable {
    /// Makes the first requests of a plan; answers with ``PlanMessage/previewed(id:_:)``.
    case preview(PlanDocument, of: MethodEntry? = nil, id: Int)
    /// Answers with ``PlanMessage/listed(_:_:)``.
    case list(DirectoryQuery)
    /// Reads a plan; records that are requests are those of the method. Answers with ``PlanMessage/opened(path:_:)``.
    case open(path: String, of: MethodEntry? = nil)
    /// Answers with ``PlanMessage/written(_:_:)``.
    case write(PlanWrite)
    /// Keeps changes for the next run of the program. Done before the program ends.
    case keep(UnsavedPlan)
    /// Answers with ``PlanMessage/keptFound(_:)``.
    case findKept
    /// Answers with ``PlanMessage/keptOpened(_:_:)``.
    case openKept(KeptPlan)
    /// Deletes what was kept.
    case forgetKept(path: String)
}

/// What has happened to plans. Part of ``Message``.
public enum PlanMessage: Hashable, Sendable {
    // What the user did.
    /// Chose a kind of step to add.
    case stepChosen(StepKind)
    /// Asked for the rest of a path that is typed.
    case pathCompleted
    /// Asked for the directory above.
    case directoryLeft
    /// Asked for a file to look for, in the field that has the focus.
    case fieldBrowsed
    /// Agreed to replace a file.
    case replacementConfirmed(PlanWrite)
    /// Agreed to go on without writing the unsaved changes, or to leave a call that goes on.
    case departureConfirmed
    /// Asked for what was kept, or would have it deleted.
    case keptAccepted(KeptPlan)
    /// Wants what was kept deleted, which is asked about once more.
    case keptDoubted(KeptPlan)
    case keptRejected(KeptPlan)

    // What came of an effect.
    case previewed(id: Int, PlanPreview)
    case listed(DirectoryQuery, Result<DirectoryListing, FileProblem>)
    case opened(path: String, Result<OpenedPlan, FileProblem>)
    case written(PlanWrite, WriteOutcome)
    case keptFound([KeptPlan])
    case keptOpened(KeptPlan, Result<OpenedPlan, FileProblem>)
}
