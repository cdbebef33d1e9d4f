import ArgumentParser
import Foundation
import Greeter
import Plans
import RPCCore

/// A plan that the command line names: a file in YAML, JSON Lines or CSV, or `-` for YAML on standard input.
struct PlanArgument {
    let path: String

    static var completion: CompletionKind { .file(extensions: ["yaml", "yml", "json", "jsonl", "ndjson", "csv"]) }

    /// Reads the plan. The files that it reads records from are opened when it is run.
    /// - Throws: ``Exit`` with status 2 that names the file, and where in it what is wrong.
    /// - Parameter message: What the requests of the plan are.
    func load(of message: any MessageCodec = Greeter.request) throws(Exit) -> PlanFile {
        guard !readsInput, case .records(let format)? = PlanFileKind(path: path) else { return try loadYAML(message) }
        return PlanFile(recordsIn: path, format)
    }

    /// Whether the plan itself comes from standard input.
    var readsInput: Bool { path == "-" }

    private func loadYAML(_ message: any MessageCodec) throws(Exit) -> PlanFile {
        let place = readsInput ? RecordSource.standardInput.title : path
        let bytes: [UInt8]
        do throws(FileReadingError) {
            bytes =
                readsInput
                ? try FileReading.contents(of: STDIN_FILENO, named: place, limit: PlanFile.lengthLimit)
                : try FileReading.contents(of: path, limit: PlanFile.lengthLimit, from: .stream)
        } catch {
            throw .usage("\(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(place): is not UTF-8") }
        let directory = readsInput ? "" : NSString(string: path).deletingLastPathComponent
        do throws(PlanError) {
            let file = try PlanFile(yaml: text, of: message, place: place, directory: directory)
            for notice in file.notices { Exit.note(notice) }
            return file
        } catch {
            throw .usage("\(error)")
        }
    }
}

extension PlanArgument {
    /// Reads a plan to be run as a call of this kind, or else of the kind that it names.
    /// - Throws: ``Exit`` with status 2 that names the line and what is wrong there.
    func load(
        for kind: CallKind?, of message: any MessageCodec = Greeter.request
    ) throws(Exit) -> (kind: CallKind, document: PlanDocument) {
        let file = try load(of: message)
        guard let chosen = kind ?? file.document.kind else {
            throw .usage(
                "\(file.place): names no kind of call; name one before --plan, or add 'kind: client-stream' to it")
        }
        if let named = file.document.kind, named != chosen {
            throw .usage("\(file.place): is a plan for a \(named.rawValue) call, not for \(chosen.rawValue)")
        }
        if let problem = file.problem(for: chosen, hasStandardInput: !readsInput) { throw .usage("\(problem)") }
        if let problem = file.document.problems(with: message).first { throw .usage("\(file.place): \(problem)") }
        return (chosen, file.document)
    }
}
