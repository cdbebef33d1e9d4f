import ArgumentParser
import Foundation
import GreeterCore
import GreeterPlans

/// A plan that the command line names: a file in YAML, JSON Lines or CSV, or `-` for YAML on standard input.
struct PlanArgument {
    let path: String

    static var completion: CompletionKind { .file(extensions: ["yaml", "yml", "json", "jsonl", "ndjson", "csv"]) }

    /// Reads the plan. The files that it reads records from are opened when it is run.
    /// - Parameter asSteps: Whether the requests of a short file of JSON Lines become steps of their own.
    /// - Throws: ``Exit`` with status 2 that names the file, and where in it what is wrong.
    func load(asSteps: Bool) throws(Exit) -> PlanFile {
        guard !readsInput, case .records(let format)? = PlanFileKind(path: path) else { return try loadYAML() }
        let file = PlanFile(recordsIn: path, format)
        guard asSteps, format == .jsonLines, isShort else { return file }
        let bytes = try contents(of: path)
        let steps = try Self.reading { () throws(PlanError) in try PlanFile(jsonLines: bytes, place: path) }
        return steps.document.steps.count > PlanFile.stepLimit ? file : steps
    }

    /// Whether the plan itself comes from standard input.
    var readsInput: Bool { path == "-" }

    private func loadYAML() throws(Exit) -> PlanFile {
        let bytes = try contents(of: readsInput ? "/dev/stdin" : path)
        let place = readsInput ? RecordSource.standardInput.title : path
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(place): is not UTF-8") }
        let directory = readsInput ? "" : NSString(string: path).deletingLastPathComponent
        return try Self.reading { () throws(PlanError) in
            try PlanFile(yaml: text, place: place, directory: directory)
        }
    }

    private func contents(of path: String) throws(Exit) -> [UInt8] {
        do throws(FileReadingError) {
            return try FileReading.contents(of: path, limit: PlanFile.lengthLimit)
        } catch {
            throw .usage("\(error)")
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

extension PlanArgument {
    /// Reads a plan to be run as a call of this kind, or else of the kind that it names.
    /// - Throws: ``Exit`` with status 2 that names the line and what is wrong there.
    func load(for kind: CallKind?) throws(Exit) -> (kind: CallKind, document: PlanDocument) {
        let file = try load(asSteps: false)
        guard let chosen = kind ?? file.document.kind else {
            throw .usage(
                "\(file.place): names no kind of call; name one before --plan, or add 'kind: client-stream' to it")
        }
        if let named = file.document.kind, named != chosen {
            throw .usage("\(file.place): is a plan for a \(named.rawValue) call, not for \(chosen.rawValue)")
        }
        if let problem = file.problem(for: chosen, hasStandardInput: !readsInput) { throw .usage("\(problem)") }
        return (chosen, file.document)
    }
}
