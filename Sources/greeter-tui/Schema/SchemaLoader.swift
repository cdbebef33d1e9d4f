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
    private let memory: SchemaMemory?
    /// What a gateway lists, in a file; `nil` where none is named.
    private let listed: GatewayServices?
    /// The gateway that is asked for what it lists; `nil` where none is.
    private let gateway: (any Transport)?
    /// Whether the server is a gateway, asked or not.
    private let isGateway: Bool
    private let routes: RouteSettings
    /// Says more of an error of the gateway, where more is to be found out.
    private let explain: @Sendable (CallError) async -> CallError

    /// - Parameters:
    ///   - routes: What is known of the routes of gateways.
    ///   - transport: To the server; `nil` where none is called.
    ///   - memory: What is known of the server from earlier; `nil` where nothing is to be kept of it.
    init(
        _ options: SchemaOptions, _ routes: RouteSettings, over transport: (any Transport)?,
        memory: SchemaMemory? = nil, clock: any CallClock,
        explain: @escaping @Sendable (CallError) async -> CallError = { $0 }
    ) async throws(Exit) {
        self.explain = explain
        self.memory = options.schemaCache ? memory : nil
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
        self.routes = routes
        listed = try routes.services.map(Self.listed)
        isGateway = transport?.server.scheme.dialect == .gateway
        gateway = isGateway && listed == nil && options.reflection != .off ? transport : nil
    }

    private static func listed(in path: String) throws(Exit) -> GatewayServices {
        let bytes: [UInt8]
        do throws(FileReadingError) {
            bytes = try FileReading.contents(of: path, limit: GatewayServices.limit)
        } catch {
            throw .usage("\(error)")
        }
        do throws(SchemaError) {
            return try GatewayServices(bytes, named: path)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// How long a gateway may take to say what it has.
    private static let askingLimit = Duration.seconds(10)
    /// Where gateways that do say it.
    private static let listPath = "/services.json"

    /// What the gateway lists; `nil` where there is no such list.
    /// - Throws: ``Exit`` where it had to be asked, nothing else says what there is, and it does not say it.
    private func list() async throws(Exit) -> (services: GatewayServices?, notes: [String]) {
        guard listed == nil, let gateway else { return (listed, listed?.notes ?? []) }
        let place = "\(gateway.server)\(Self.listPath)"
        var (lines, status) = (["greeter-tui: \(place) is not there"], Exit.usageStatus)
        do throws(CallError) {
            let bytes = try await gateway.document(
                at: Self.listPath, limit: GatewayServices.limit, deadline: Self.askingLimit)
            if let bytes {
                do throws(SchemaError) {
                    let services = try GatewayServices(bytes, named: place)
                    return (services, services.notes)
                } catch {
                    lines = ["greeter-tui: \(error)"]
                }
            }
        } catch {
            guard files.isEmpty else { return (nil, []) }
            let explained = await explain(error)
            (lines, status) = (CallSummary.lines(of: explained), 64 + Int32(error.code.rawValue))
            // Of what is no gateway no list is to be had.
            if explained.cause != error.cause { throw Exit(status: status, lines: lines) }
        }
        guard files.isEmpty else { return (nil, []) }
        throw Exit(
            status: status,
            lines: lines + [
                "greeter-tui: try: name the gateway's services.json with --services, or descriptors with "
                    + "--protoset or --proto"
            ])
    }

    static func entry(_ text: String) throws(Exit) -> MetadataEntry {
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
        /// Services whose definitions were not asked for.
        var unread: [String] = []
        /// What has changed since the server was asked before; it is among the notes, too.
        var news: String?
        var notes: [String] = []
        /// What a gateway lists.
        var gateway: GatewayServices?
        /// Whether the server is a gateway, which has a method by its route only.
        var needsRoutes = false
        /// How requests are made for it.
        var routeStyle = RouteStyle.proto
    }

    /// What the files define, and a gateway lists.
    private func loaded() async throws(Exit) -> Loaded {
        let list = try await list()
        let given = Set(files.map(\.name))
        let services = Set(list.services?.methods.map(\.service) ?? [])
        let known = routes.definitions.filter { file in
            !given.contains(file.name) && file.services.contains(where: services.contains)
        }
        return Loaded(
            schema: Schema(files + known), notes: notes + list.notes, gateway: list.services, needsRoutes: isGateway,
            routeStyle: routes.style ?? (list.services == nil ? .proto : .gateway))
    }

    /// The definitions of services.
    /// - Parameters:
    ///   - limit: Where the server has more services than that, no definition is asked for.
    ///   - wanted: Which are asked for, of the names that are known; all, unless given.
    /// - Throws: ``Exit`` where the server had to be asked and did not answer.
    func load(atMost limit: Int = .max, _ wanted: (String) -> Bool = { _ in true }) async throws(Exit) -> Loaded {
        let declared = Set(files.flatMap(\.services))
        guard let reflection, declared.isEmpty || !declared.contains(where: wanted) else {
            return try await loaded()
        }
        do throws(CallError) {
            let all = try await reflection.services()
            let names = all.filter(wanted)
            guard names.count <= limit else { return Loaded(schema: Schema(files), unread: names, notes: notes) }
            return loaded(try await reflection.schema(of: names), of: all)
        } catch {
            throw Exit(status: 64 + Int32(error.code.rawValue), lines: CallSummary.lines(of: error))
        }
    }

    /// What some of the server's services have.
    /// - Throws: ``CallError`` where the server cannot be asked at all.
    func load(services names: [String]) async throws(CallError) -> Loaded? {
        guard let reflection else { return nil }
        return loaded(try await reflection.schema(of: names))
    }

    /// The definitions of whatever a method's name, as a user writes it, may mean.
    func load(method text: String) async throws(Exit) -> Loaded {
        guard let service = MethodChoice.service(in: text) else { return try await load() }
        return try await load(service: service)
    }

    /// The definitions of whatever a service's name, as a user writes it, may mean.
    func load(service name: String) async throws(Exit) -> Loaded {
        try await load { NameChoice(name).fits($0) }
    }

    /// The definitions of a symbol of any kind.
    func load(symbol: String) async throws(Exit) -> Loaded {
        let schema = Schema(files)
        guard let reflection, ProtoSource.text(of: symbol, in: schema) == nil else { return try await loaded() }
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

    /// The same with what the server says of more types of messages, each of which it is asked for once; without those that it does
    /// not know.
    func adding(types: [String], to loaded: Loaded) async -> Loaded {
        guard let reflection else { return loaded }
        var loaded = loaded
        for type in types where loaded.schema.message(type) == nil {
            guard let sourced = try? await reflection.schema(containing: type) else { continue }
            loaded.schema = loaded.schema.extended(by: sourced.files)
        }
        return loaded
    }

    /// What the server had when it was asked last, where that is known.
    func remembered() -> Loaded? {
        guard reflection != nil, let entry = memory?.entry else { return nil }
        return Loaded(schema: schema(with: entry.files))
    }

    /// - Parameter services: All that the server has, where it was asked for them.
    private func loaded(_ sourced: SourcedSchema, of services: [String]? = nil) -> Loaded {
        let news = services.flatMap { memory?.keep(sourced, of: $0) }
        let schema = schema(with: sourced.files)
        let failures = sourced.services.compactMap { service -> SourcedSchema.Service? in
            if service.failure != nil { return service }
            // A file that cannot be used has all its services with it.
            guard schema.service(service.name) == nil,
                let file = sourced.files.first(where: { $0.services.contains(service.name) })
            else { return nil }
            let problem = schema.problems.first { $0.file == file.name }
            return SourcedSchema.Service(service.name, failure: problem?.text ?? "\(file.name) cannot be used")
        }
        return Loaded(
            schema: schema, failures: failures, news: news,
            notes: notes + sourced.notes + (news.map { [$0] } ?? []))
    }

    private func schema(with others: [DescriptorFile]) -> Schema {
        let names = Set(others.map(\.name))
        return Schema(others + files.filter { !names.contains($0.name) })
    }
}
