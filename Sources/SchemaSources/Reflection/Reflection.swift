public import ProtobufSchema
public import RPCCore

/// Asks a server what services it has, and for the files that describe them, by gRPC server reflection
/// (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md).
///
/// Each question of the user's is a call of its own over the program's transport: TLS, proxies, the token, headers and the words
/// of its errors are those of all calls. Give it a transport that neither retries nor keeps calls: this retries where it makes sense,
/// and what it reads is no call of the user's.
///
/// ```swift
/// let reflection = Reflection(over: transport, metadata: reflectHeaders, beside: filesOfProtoset, clock: clock)
/// let names = try await reflection.services()                       // one request
/// let sourced = try await reflection.schema(of: ["demo.v1.Library"])  // lazily, for what is opened
/// let schema = Schema(sourced.files)
/// ```
///
/// What was read stays for later questions. Questions may be asked side by side.
///
/// Memory: the files that are kept, of at most ``ReflectionLimits/totalSize`` a question.
public actor Reflection {
    private let transport: any Transport
    private let metadata: [MetadataEntry]
    private let limits: ReflectionLimits
    private let clock: any CallClock
    private let chosen: ReflectionVersion?
    private var collection: FileCollection
    /// Which version the server is known to have.
    public private(set) var version: ReflectionVersion?

    /// - Parameters:
    ///   - transport: To a gRPC server.
    ///   - version: Which is asked for; v1, and v1alpha where the server does not have that, unless given.
    ///   - metadata: Sent with reflection, beside what the transport sends with each call.
    ///   - beside: Files that the user has given. They go before those of the server.
    public init(
        over transport: any Transport, version: ReflectionVersion? = nil, metadata: [MetadataEntry] = [],
        beside: [DescriptorFile] = [], limits: ReflectionLimits = ReflectionLimits(),
        clock: any CallClock = SystemClock()
    ) {
        self.transport = transport
        self.metadata = metadata
        self.limits = limits
        self.clock = clock
        chosen = version
        self.version = version
        collection = FileCollection(beside: beside)
    }

    /// The full names of all services, in the order of the server, each once. Not yet made safe for a terminal: a name may be
    /// anything.
    /// - Throws: ``CallError`` where the server cannot be asked, or does not say.
    public func services() async throws(CallError) -> [String] {
        var run = try makeRun()
        try await run.ask([.services])
        keep(run)
        var seen: Set<String> = []
        return run.services.filter { seen.insert($0).inserted }
    }

    /// The files that describe services, with all that those import. What fails of one service does not touch the others.
    /// - Parameter services: Full names. Those of which the files are here already are not asked for again.
    /// - Throws: ``CallError`` where the server cannot be asked at all.
    public func schema(of services: [String]) async throws(CallError) -> SourcedSchema {
        var run = try makeRun()
        let names = services.filter { Self.isName($0) }
        try await run.ask(names.map { .symbol($0) })
        keep(run)
        let result = services.map { name in
            guard Self.isName(name) else {
                return SourcedSchema.Service(name, failure: "the name is none that a service can have")
            }
            guard run.collection.file(declaring: name) == nil else { return SourcedSchema.Service(name) }
            return SourcedSchema.Service(name, failure: run.failure(ofService: name))
        }
        let roots = names.compactMap { run.collection.file(declaring: $0) }
        let (files, notes) = run.closure(of: roots)
        return SourcedSchema(services: result, files: files, notes: notes)
    }

    /// The files that a server gives for a symbol of any kind: a message, an enum, a method.
    /// - Throws: ``CallError`` where the server cannot be asked, or does not know the symbol.
    public func schema(containing symbol: String) async throws(CallError) -> SourcedSchema {
        var run = try makeRun()
        try await run.ask([.symbol(symbol)])
        keep(run)
        let roots = run.roots[.symbol(symbol)] ?? []
        guard !roots.isEmpty else {
            let failure = run.failures[.symbol(symbol)]
            throw CallError(
                failure?.code ?? .notFound, failure?.text ?? "the server gave no file for \(symbol)", at: .server)
        }
        let (files, notes) = run.closure(of: roots)
        return SourcedSchema(services: files.flatMap(\.services).map { .init($0) }, files: files, notes: notes)
    }

    /// The files that declare extensions of a message, where the server says so; many do not, which is no error.
    /// - Throws: ``CallError`` where the server cannot be asked at all.
    public func extensions(of message: String) async throws(CallError) -> SourcedSchema {
        var run = try makeRun()
        try await run.ask([.extensionNumbers(of: message)])
        keep(run)
        let roots = run.roots.values.flatMap(\.self)
        let (files, notes) = run.closure(of: Array(Set(roots)).sorted())
        return SourcedSchema(files: files, notes: notes)
    }

    private func makeRun() throws(CallError) -> ReflectionRun {
        guard transport.server.scheme == .grpc || transport.server.scheme == .grpcs else {
            throw CallError(
                .failedPrecondition, "only a gRPC server tells of its services by reflection", at: .connect,
                advice: "name its services.json with --services, or descriptors with --proto or --protoset")
        }
        return ReflectionRun(
            transport: transport, metadata: metadata, limits: limits, clock: clock, version: version ?? .v1,
            isVersionKnown: version != nil, collection: collection)
    }

    private func keep(_ run: ReflectionRun) {
        collection.merge(run.collection)
        if run.isVersionKnown { version = run.version }
    }

    /// Names of packages and of a service with dots between them.
    private static func isName(_ text: String) -> Bool { text.utf8.count <= 4096 && text.isDottedName }
}
