import Foundation
import GreeterCore
import GreeterPlans

/// A plan that the command line names: a file in YAML, JSON Lines or CSV, or `-` for YAML on standard input.
struct PlanArgument {
    let path: String

    /// Reads the plan. The files that it reads records from are opened when it is run.
    /// - Parameter asSteps: Whether the requests of a short file of JSON Lines become steps of their own.
    /// - Throws: ``Exit`` with status 2 that names the file, and where in it what is wrong.
    func load(asSteps: Bool) throws(Exit) -> PlanFile {
        guard !readsInput, case .records(let format)? = PlanFileKind(path: path) else { return try loadYAML() }
        let file = PlanFile(recordsIn: path, format)
        guard asSteps, format == .jsonLines, isShort else { return file }
        let bytes = Array(try FileReading.contents(of: path, limit: PlanFile.lengthLimit))
        let steps = try Self.reading { () throws(PlanError) in try PlanFile(jsonLines: bytes, place: path) }
        return steps.document.steps.count > PlanFile.stepLimit ? file : steps
    }

    /// Whether the plan itself comes from standard input.
    var readsInput: Bool { path == "-" }

    private func loadYAML() throws(Exit) -> PlanFile {
        let bytes = try FileReading.contents(of: readsInput ? "/dev/stdin" : path, limit: PlanFile.lengthLimit)
        let place = readsInput ? RecordSource.standardInput.title : path
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(place): is not UTF-8") }
        let directory = readsInput ? "" : NSString(string: path).deletingLastPathComponent
        return try Self.reading { () throws(PlanError) in
            try PlanFile(yaml: text, place: place, directory: directory)
        }
    }

    private static func reading(_ body: () throws(PlanError) -> PlanFile) throws(Exit) -> PlanFile {
        do throws(PlanError) {
            return try body()
        } catch {
            throw .usage("\(error)")
        }
    }

    private var isShort: Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return size.map { $0 <= PlanFile.lengthLimit } ?? true
    }
}

extension PlanFile {
    /// Refuses a plan that cannot be run as a call of this kind.
    /// - Throws: ``Exit`` with status 2 that names the line and what is wrong there.
    func check(for kind: CallKind, hasStandardInput: Bool) throws(Exit) {
        if let named = document.kind, named != kind {
            throw .usage("\(place): is a plan for a \(named.rawValue) call, not for \(kind.rawValue)")
        }
        if let problem = problem(for: kind, hasStandardInput: hasStandardInput) { throw .usage("\(problem)") }
    }
}
