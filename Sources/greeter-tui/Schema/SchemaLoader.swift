import Foundation
import ProtobufSchema
import RPCCore
import SchemaSources

/// Brings together the definitions of services and messages: those of the files that the options name, and those of the server,
/// which is asked for what the files do not have.
struct SchemaLoader {
    private let files: [DescriptorFile]
    /// What was said of those.
    private let notes: [String]
    /// `nil` where no server is asked.
    private let reflection: Reflection?

    /// - Parameter transport: To the server; `nil` where none is called.
    init(
        _ options: SchemaOptions, over transport: (any Transport)?, clock: any CallClock
    ) async throws(Exit) {
        let given = try await Self.given(
            options, environment: ProcessInfo.processInfo.environment,
            directory: FileManager.default.currentDirectoryPath, clock: clock)
        let files = given.files
        (self.files, notes) = (files, given.notes)
        let metadata = try options.reflectHeader.map { text throws(Exit) in try Self.entry(text) }
        if let transport, options.reflection != .off, transport.server.scheme.dialect == .grpc {
            reflection = Reflection(
                over: transport, version: options.reflection.version, metadata: metadata, beside: files, clock: clock)
        } else {
            reflection = nil
        }
    }

    private static func entry(_ text: String) throws(Exit) -> MetadataEntry {
        guard let colon = text.firstIndex(of: ":") else {
            throw .usage("--reflect-header: '\(text.prefix(64))' is not in the form 'NAME: VALUE'")
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let entry = MetadataEntry(String(text[..<colon]), String(value))
        if let problem = HeaderRule.problem(with: entry, in: .grpc) { throw .usage("--reflect-header: \(problem)") }
        return entry
    }

    /// What the files that are named define.
    private static func given(
        _ options: SchemaOptions, environment: [String: String], directory: String, clock: any CallClock
    ) async throws(Exit) -> SourcedSchema {
        var given = SourcedSchema()
        if !options.proto.isEmpty {
            do throws(CompilerFailure) {
                let compiler = ProtoCompiler(environment: environment, directory: directory, clock: clock)
                given = try await compiler.compile(options.proto, imports: options.importPath)
            } catch {
                throw Exit(
                    status: Exit.usageStatus,
                    lines: ["greeter-tui: \(error.message)"] + error.problems.map { "  \($0)" }
                        + (error.advice.map { ["greeter-tui: try: \($0)"] } ?? []))
            }
        }
        do throws(SchemaError) {
            let set = try SetFile.read(options.protoset, beside: given.files)
            let names = Set(set.files.map(\.name))
            given.files = set.files + given.files.filter { !names.contains($0.name) }
            given.notes += set.notes
        } catch {
            throw .usage("\(error)")
        }
        return given
    }

    /// What is known of services, and what was said about it.
    struct Loaded {
        var schema: Schema
        /// Services that have no definition, with the reason.
        var failures: [SourcedSchema.Service] = []
        var notes: [String] = []
    }

    /// The definitions of services.
    /// - Parameter wanted: Which are asked for, of the names that are known; all, unless given.
    /// - Throws: ``Exit`` where the server had to be asked and did not answer.
    func load(_ wanted: (String) -> Bool = { _ in true }) async throws(Exit) -> Loaded {
        let declared = Set(files.flatMap(\.services))
        guard let reflection, declared.isEmpty || !declared.contains(where: wanted) else {
            return Loaded(schema: Schema(files), notes: notes)
        }
        do throws(CallError) {
            let names = try await reflection.services().filter(wanted)
            return loaded(try await reflection.schema(of: names))
        } catch {
            throw Exit(status: 64 + Int32(error.code.rawValue), lines: CallSummary.lines(of: error))
        }
    }

    /// The definitions of whatever a method's name, as a user writes it, may mean.
    func load(method text: String) async throws(Exit) -> Loaded {
        guard let service = MethodChoice.service(in: text) else { return try await load() }
        return try await load { $0 == service || $0.hasSuffix(".\(service)") }
    }

    /// The definitions of a symbol of any kind.
    func load(symbol: String) async throws(Exit) -> Loaded {
        let schema = Schema(files)
        guard let reflection, ProtoSource.text(of: symbol, in: schema) == nil else {
            return Loaded(schema: schema, notes: notes)
        }
        let owner = symbol.lastIndex(where: { "./".contains($0) }).map { String(symbol[..<$0]) }
        var failure: CallError?
        // What is declared within another thing (a field, a method) is asked for by that: not all servers know it else.
        for name in [symbol, owner].compactMap({ $0 }) where !name.contains("/") {
            do throws(CallError) {
                let loaded = loaded(try await reflection.schema(containing: name))
                if ProtoSource.text(of: symbol, in: loaded.schema) != nil { return loaded }
            } catch {
                failure = failure ?? error
                guard error.code == .notFound else { break }
            }
        }
        if let failure, failure.code != .notFound {
            throw Exit(status: 64 + Int32(failure.code.rawValue), lines: CallSummary.lines(of: failure))
        }
        return try await load()
    }

    private func loaded(_ sourced: SourcedSchema) -> Loaded {
        let names = Set(sourced.files.map(\.name))
        return Loaded(
            schema: Schema(sourced.files + files.filter { !names.contains($0.name) }),
            failures: sourced.services.filter { $0.failure != nil }, notes: notes + sourced.notes)
    }
}
