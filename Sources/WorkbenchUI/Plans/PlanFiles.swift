public import RPCCore
public import WorkbenchModel

/// The files that plans are in. The composition root knows how they are read and written; the workbench only knows that it
/// can be done. Everything here may take as long as the file system does: nobody waits for it but tasks of their own.
public protocol PlanFiles: Sendable {
    /// What a directory holds, by name.
    func list(_ query: DirectoryQuery) async throws(FileProblem) -> DirectoryListing

    /// Reads a plan.
    /// - Parameters:
    ///   - path: Absolute. A file of records that is no plan becomes a plan that reads them.
    ///   - method: What the records are requests of; what the program knows by itself where it is `nil`.
    func open(_ path: String, of method: MethodSchema?) async throws(FileProblem) -> OpenedPlan

    /// Writes a plan, all of it or nothing.
    func write(_ write: PlanWrite) async -> WriteOutcome

    /// Keeps changes that are in no file, for the next run of the program.
    /// - Returns: where.
    func keep(_ plan: UnsavedPlan) async throws(FileProblem) -> String

    /// What was kept, the newest first.
    func kept() async -> [KeptPlan]

    /// Reads what was kept, as it would be read from the file that it belongs to.
    func open(_ kept: KeptPlan) async throws(FileProblem) -> OpenedPlan

    /// Deletes what was kept.
    func forget(keptAt path: String) async
}

extension PlanFiles {
    /// Reads a plan of what the program knows by itself.
    public func open(_ path: String) async throws(FileProblem) -> OpenedPlan { try await open(path, of: nil) }
}
