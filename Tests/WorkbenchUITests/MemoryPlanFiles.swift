import Plans
import RPCCore
import Synchronization
import WorkbenchModel
import WorkbenchUI

/// Plans in memory, as files of one directory, `/work`.
final class MemoryPlanFiles: PlanFiles {
    private struct State {
        var plans: [String: PlanDocument] = [:]
        var versions: [String: Int] = [:]
        var kept: [(plan: KeptPlan, document: PlanDocument)] = []
        var problem: FileProblem?
    }

    private let state: Mutex<State>

    init(_ plans: [String: PlanDocument] = [:], kept: PlanDocument? = nil) {
        var state = State(plans: plans)
        if let kept {
            state.kept = [(KeptPlan(path: "/state/1.yaml", file: nil, time: "on 2026-11-22 at 12:00"), kept)]
        }
        self.state = Mutex(state)
    }

    /// What a file holds now.
    func plan(_ name: String) -> PlanDocument? { state.withLock { $0.plans[name] } }

    /// What is kept now.
    var keptDocuments: [PlanDocument] { state.withLock { $0.kept.map(\.document) } }

    /// Somebody else writes a file.
    func change(_ name: String, to plan: PlanDocument) {
        state.withLock { state in
            state.plans[name] = plan
            state.versions[name, default: 0] += 1
        }
    }

    /// From now on nothing can be written; or it can again.
    func fail(_ problem: FileProblem?) {
        state.withLock { $0.problem = problem }
    }

    private func place(_ name: String, _ state: borrowing State) -> PlanPlace {
        PlanPlace(path: "/work/\(name)", version: FileVersion(String(state.versions[name] ?? 0)))
    }

    func list(_ query: DirectoryQuery) async throws(FileProblem) -> DirectoryListing {
        let directory = PathText.resolved(query.path, in: query.base)
        guard directory == "/work" else {
            throw FileProblem("\(directory) cannot be listed: No such file or directory")
        }
        let entries = state.withLock { $0.plans.keys.sorted().map { FileEntry($0, .plan) } }
        return DirectoryListing(
            directory: directory,
            entries: [FileEntry("data", .directory)] + entries + [FileEntry("users.csv", .records(.csv))])
    }

    func open(_ path: String, of method: MethodSchema?) async throws(FileProblem) -> OpenedPlan {
        let name = PathText.name(of: path)
        let plan = state.withLock { state in
            state.plans[name].map { OpenedPlan($0.moved(to: "/work"), place: place(name, state)) }
        }
        guard let plan else { throw FileProblem("\(path) cannot be read: No such file or directory") }
        return plan
    }

    func write(_ write: PlanWrite) async -> WriteOutcome {
        let name = PathText.name(of: write.path)
        return state.withLock { state in
            if let problem = state.problem { return .failed(problem) }
            if state.plans[name] != nil {
                switch write.rule {
                case .nothing: return .exists
                case .version(let version) where version != place(name, state).version: return .hasChanged
                case .version, .anything: break
                }
            }
            state.plans[name] = write.document
            state.versions[name, default: 0] += 1
            return .written(place(name, state))
        }
    }

    func keep(_ plan: UnsavedPlan) async throws(FileProblem) -> String {
        let problem = state.withLock { state in
            state.kept.append((KeptPlan(path: "/state/2.yaml", file: plan.place?.path, time: ""), plan.document))
            return state.problem
        }
        if let problem { throw problem }
        return "/state/2.yaml"
    }

    func kept() async -> [KeptPlan] { state.withLock { $0.kept.map(\.plan) } }

    func open(_ kept: KeptPlan) async throws(FileProblem) -> OpenedPlan {
        let found = state.withLock { $0.kept.first { $0.plan == kept }?.document }
        guard let found else { throw FileProblem("\(kept.path) cannot be read: No such file or directory") }
        return OpenedPlan(found, place: nil)
    }

    func forget(keptAt path: String) async {
        state.withLock { $0.kept.removeAll { $0.plan.path == path } }
    }
}
