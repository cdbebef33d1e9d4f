import RPCCore
import WorkbenchModel
import WorkbenchUI

/// A machine without files: these tests open, write and keep none.
struct NoPlanFiles: PlanFiles {
    private static let problem = FileProblem("there are no files here")

    func list(_ query: DirectoryQuery) async throws(FileProblem) -> DirectoryListing { throw Self.problem }
    func open(_ path: String, of method: MethodSchema?) async throws(FileProblem) -> OpenedPlan { throw Self.problem }
    func write(_ write: PlanWrite) async -> WriteOutcome { .failed(Self.problem) }
    func keep(_ plan: UnsavedPlan) async throws(FileProblem) -> String { throw Self.problem }
    func kept() async -> [KeptPlan] { [] }
    func open(_ kept: KeptPlan) async throws(FileProblem) -> OpenedPlan { throw Self.problem }
    func forget(keptAt path: String) async {}
}
