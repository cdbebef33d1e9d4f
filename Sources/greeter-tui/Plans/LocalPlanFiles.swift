import Dispatch
import Foundation
import Greeter
import Plans
import RPCCore
import Waiting
import WorkbenchModel
import WorkbenchUI

/// Plans in the files of this machine. What may block does so on threads of its own.
struct LocalPlanFiles: PlanFiles {
    private let keptPlans: KeptPlans

    /// - Parameter stateFolder: Where the program keeps what it must not forget; `nil` where there is no such place.
    init(stateFolder: String?) {
        keptPlans = KeptPlans(folder: stateFolder.map { "\($0)/plans" })
    }

    private static let queue = DispatchQueue(label: "greeter-tui.files", attributes: .concurrent)

    func list(_ query: DirectoryQuery) async throws(FileProblem) -> DirectoryListing {
        try await Self.blocking { () throws(FileProblem) in try DirectoryReader.list(query) }
    }

    func write(_ write: PlanWrite) async -> WriteOutcome {
        do throws(FileProblem) {
            return try await Self.blocking { () throws(FileProblem) in try Self.write(write) }
        } catch {
            return .failed(error)
        }
    }

    func keep(_ plan: UnsavedPlan) async throws(FileProblem) -> String {
        try await Self.blocking { [keptPlans] () throws(FileProblem) in try keptPlans.keep(plan) }
    }

    func kept() async -> [KeptPlan] {
        let plans = try? await Self.blocking { [keptPlans] () throws(FileProblem) in keptPlans.list() }
        return plans ?? []
    }

    func open(_ kept: KeptPlan) async throws(FileProblem) -> OpenedPlan {
        try await Self.blocking { [keptPlans] () throws(FileProblem) in try keptPlans.open(kept) }
    }

    func forget(keptAt path: String) async {
        _ = try? await Self.blocking { [keptPlans] () throws(FileProblem) in keptPlans.forget(path) }
    }

    func open(_ path: String, of method: MethodSchema?) async throws(FileProblem) -> OpenedPlan {
        try await Self.blocking { () throws(FileProblem) in
            try Self.read(path, as: PathText.name(of: path), of: method)
        }
    }

    private static func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileProblem) -> Value
    ) async throws(FileProblem) -> Value {
        try await queue.run { Result(catching: body) }.get()
    }

    // MARK: Reading

    /// Reads a plan, or makes one that reads the records of a file.
    /// - Parameters:
    ///   - place: What errors call the file.
    ///   - method: What the records of a file are requests of; the Greeter's where it is `nil`.
    static func read(
        _ path: String, as place: String, of method: MethodSchema? = nil
    ) throws(FileProblem) -> OpenedPlan {
        let directory = PathText.directory(of: path)
        switch PlanFileKind(path: path) {
        case .records(.jsonLines):
            if let requests = try readRequests(path, as: place, of: method) { return requests }
            fallthrough
        case .records:
            let steps = [PlanStep.records(RecordsStep(from: .file(PathText.name(of: path))))]
            let plan = PlanDocument(method: method?.ref.fullName, steps: steps, directory: directory)
            return OpenedPlan(plan, place: nil)
        case .yaml, nil:
            let (bytes, version) = try VersionedFile.read(path, limit: PlanFile.lengthLimit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FileProblem("\(place): is not UTF-8")
            }
            let source = try reading { () throws(PlanError) in
                try PlanSource(yaml: text, place: place, directory: directory)
            }
            // What looks like a comment in a text is taken for one: that costs a question, and no comment.
            let hasComments = text.split(separator: "\n").contains { $0.hasPrefix("#") || $0.contains(" #") }
            return try opened(source, PlanPlace(path: path, version: version, hasComments: hasComments))
        }
    }

    /// A plan that was read. One for another service than the Greeter waits for the server to say what its messages are.
    static func opened(_ source: PlanSource, _ place: PlanPlace?) throws(FileProblem) -> OpenedPlan {
        let greeting = source.method?.greeting
        let other = greeting == nil ? source.method : nil
        let message: any MessageCodec = other.map { UnreadMessageCodec(of: $0.text) } ?? Greeter.request
        var file = try reading { () throws(PlanError) in
            try source.file(of: message, replies: other == nil ? Greeter.reply : nil, method: other?.text)
        }
        file.document.kind = greeting?.kind ?? file.document.kind
        return OpenedPlan(
            file.document, place: place, notice: file.notices.first, source: other == nil ? nil : source)
    }

    /// Requests that become steps; `nil` where there are too many of them.
    private static func readRequests(
        _ path: String, as place: String, of method: MethodSchema?
    ) throws(FileProblem) -> OpenedPlan? {
        guard try VersionedFile.size(of: path) <= PlanFile.lengthLimit else { return nil }
        let (bytes, version) = try VersionedFile.read(path, limit: PlanFile.lengthLimit)
        var file = try reading { () throws(PlanError) in
            try PlanFile(jsonLines: bytes, of: method?.input ?? Greeter.request, place: place)
        }
        file.document.method = method?.ref.fullName
        guard file.document.steps.count <= PlanFile.stepLimit else { return nil }
        return OpenedPlan(
            file.document.moved(to: PathText.directory(of: path)), place: PlanPlace(path: path, version: version))
    }

    static func reading<Value>(_ body: () throws(PlanError) -> Value) throws(FileProblem) -> Value {
        do throws(PlanError) {
            return try body()
        } catch {
            throw FileProblem("\(error)")
        }
    }

    // MARK: Writing

    private static func write(_ write: PlanWrite) throws(FileProblem) -> WriteOutcome {
        let bytes = Array(try write.document.text(for: write.path).utf8)
        guard bytes.count <= PlanFile.lengthLimit else {
            throw FileProblem("the plan is longer than \(PlanFile.lengthLimit) bytes, and could not be read again")
        }
        switch VersionedFile.write(bytes, to: write.path, write.rule) {
        case .success(let version): return .written(PlanPlace(path: write.path, version: version))
        case .failure(.exists): return .exists
        case .failure(.hasChanged): return .hasChanged
        case .failure(.problem(let problem)): throw problem
        }
    }
}

extension PlanArgument {
    /// The plan to begin with on the workbench, and its file where that is one.
    /// - Parameter directory: The working directory.
    func open(in directory: String) throws(Exit) -> OpenedPlan {
        let file = PathText.resolved(path, in: directory)
        guard (try? VersionedFile.size(of: file)) != nil else {
            // What comes out of a pipe is a plan all the same, but it cannot be written there again.
            var plan = try read().opened()
            plan.document = plan.document.moved(to: PathText.resolved(plan.document.directory, in: directory))
            return plan
        }
        do {
            let plan = try LocalPlanFiles.read(file, as: path)
            if let notice = plan.notice { Exit.note(notice) }
            return plan
        } catch {
            throw .usage(error.text)
        }
    }
}
