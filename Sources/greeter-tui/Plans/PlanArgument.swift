import ArgumentParser
import Foundation
import Greeter
import Plans
import ProtobufSchema
import RPCCore
import WorkbenchModel

/// A plan that the command line names: a file in YAML, JSON Lines or CSV, or `-` for YAML on standard input.
struct PlanArgument {
    let path: String

    static var completion: CompletionKind { .file(extensions: ["yaml", "yml", "json", "jsonl", "ndjson", "csv"]) }

    /// Whether the plan itself comes from standard input.
    var readsInput: Bool { path == "-" }

    /// Reads the plan, as far as that can be done before its messages are known. The files that it reads records from are opened
    /// when it is run.
    /// - Throws: ``Exit`` with status 2 that names the file, and where in it what is wrong.
    func read() throws(Exit) -> ReadPlan {
        if !readsInput, case .records(let format)? = PlanFileKind(path: path) {
            return ReadPlan(.records(PlanFile(recordsIn: path, format)), readsInput: false)
        }
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
            let source = try PlanSource(yaml: text, place: place, directory: directory)
            return ReadPlan(.yaml(source), readsInput: readsInput)
        } catch {
            throw .usage("\(error)")
        }
    }
}

/// A plan that is read but for its messages.
struct ReadPlan {
    enum Content {
        case yaml(PlanSource)
        case records(PlanFile)
    }

    private let content: Content
    /// Whether standard input is taken by the plan itself.
    private let readsInput: Bool

    init(_ content: Content, readsInput: Bool) {
        (self.content, self.readsInput) = (content, readsInput)
    }

    /// The method that it names, where that is none of the Greeter's.
    var method: PlanMethod? {
        guard case .yaml(let source) = content, let method = source.method, method.greeting == nil else { return nil }
        return method
    }

    /// Bytes of a file of records that are looked at for the types in it.
    private static let beginningLimit = 1 << 20

    /// The types that the plan names for messages in `Any`, and the beginnings of the files that it reads records from.
    func typeNames(for method: MethodSchema) -> [String] {
        switch content {
        case .records(let file): return Self.typeNames(in: file.document)
        case .yaml(let source):
            let document = (try? source.file(of: method.input, replies: method.output, method: method.ref.fullName))?
                .document
            return NamedTypes.names(in: Array(source.text.utf8)) + (document.map(Self.typeNames) ?? [])
        }
    }

    private static func typeNames(in document: PlanDocument) -> [String] {
        document.steps.flatMap { step -> [String] in
            guard case .records(let records) = step, case .file(let path) = records.source else { return [] }
            let file = PathText.beginning(in: document.directory, path)
            // What is read from a pipe is gone.
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular,
                let data = try? FileHandle(forReadingFrom: URL(filePath: file)).read(upToCount: beginningLimit)
            else { return [] }
            return NamedTypes.names(in: [UInt8](data))
        }
    }

    /// The plan with its messages.
    /// - Parameter method: What has them; the Greeter service, unless given.
    func file(of method: MethodSchema? = nil) throws(Exit) -> PlanFile {
        switch content {
        case .records(var file):
            file.document.method = method?.ref.fullName
            return file
        case .yaml(let source):
            do throws(PlanError) {
                var file = try source.file(
                    of: method?.input ?? Greeter.request, replies: method?.output ?? Greeter.reply,
                    method: method?.ref.fullName)
                if method == nil, let greeting = source.method?.greeting { file.document.kind = greeting.kind }
                for notice in file.notices { Exit.note(notice) }
                return file
            } catch {
                throw .usage("\(error)")
            }
        }
    }

    /// The plan to begin with on the workbench.
    func opened() throws(Exit) -> OpenedPlan {
        guard case .yaml(let source) = content else { return OpenedPlan(try file().document, place: nil) }
        do throws(FileProblem) {
            return try LocalPlanFiles.opened(source, nil)
        } catch {
            throw .usage(error.text)
        }
    }

    /// The plan, to be run as a call of a method that was found by its name.
    /// - Throws: ``Exit`` with status 2 that names the line and what is wrong there.
    func document(for method: MethodSchema) throws(Exit) -> PlanDocument {
        if case .yaml(let source) = content, let named = source.method {
            do throws(PlanError) {
                _ = try named.choose(among: [method.ref]) { $0 }
            } catch {
                guard named.kind == nil || named.kind == method.ref.kind else { throw .usage("\(error)") }
                throw .usage("\(named.place): the plan is for \(named.text), not for \(method.ref.fullName)")
            }
        }
        return try check(try file(of: method), for: method.ref.kind, of: method.input)
    }

    /// The plan, to be run as a call of the Greeter service of this kind, or else of the kind that it names.
    /// - Throws: ``Exit`` with status 2 that names the line and what is wrong there.
    func greetings(for kind: CallKind?) throws(Exit) -> (kind: CallKind, document: PlanDocument) {
        if let method {
            throw .usage("\(method.place): only plans of the Greeter service are run here, not of \(method.text)")
        }
        let file = try file()
        guard let chosen = kind ?? file.document.kind else {
            throw .usage(
                "\(file.place): names no kind of call; name one before --plan, or add 'kind: client-stream' to it")
        }
        return (chosen, try check(file, for: chosen, of: Greeter.request))
    }

    private func check(
        _ file: PlanFile, for kind: CallKind, of message: any MessageCodec
    ) throws(Exit) -> PlanDocument {
        if let named = file.document.kind, named != kind {
            throw .usage("\(file.place): is a plan for a \(named.rawValue) call, not for \(kind.rawValue)")
        }
        if let problem = file.problem(for: kind, hasStandardInput: !readsInput) { throw .usage("\(problem)") }
        if let problem = file.problem(with: message) { throw .usage("\(problem)") }
        return file.document
    }
}

extension PlanMethod {
    /// The method of the Greeter service that is meant, where it is one.
    var greeting: MethodRef? {
        let methods = CallKind.allCases.map { Greeter.method($0).ref }
        return try? choose(among: methods) { $0 }
    }
}
