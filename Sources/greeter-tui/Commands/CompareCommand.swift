import ArgumentParser
import Foundation
import Greeter
import Plans
import ProtobufSchema
import RPCCore
import UserConfiguration

/// Runs one plan over two transports, or at two servers, and shows both side by side.
struct CompareCommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Run one plan over two transports, or at two servers, side by side.",
        discussion: """
            Makes the same call twice, first to --server and then to --against, and prints what both came to: status, \
            replies, result, how long they took, and below which time 50, 95 and 99 of 100 replies came. Under the table is \
            what differs beside the times: the status, the number of replies, and replies one by one.

            --output json prints a JSON object for each run, with server, transport, code, status, sent, answered, received, \
            elapsed, first_reply, p50, p95, p99 (seconds) and error, and one with same and differences.

            The second server is told neither the token nor the headers nor the client certificate of the first, unless \
            --share-credentials says so.

            Exit status: 0 when both went well and brought the same, else 1.
            """)

    @Argument(
        help: ArgumentHelp(
            """
            What is called: a method, as in demo.v1.Library/GetBook; or the kind of a call of the Greeter service, which may be \
            left out where the plan says it.
            """, valueName: "method"), completion: SchemaCompletion.methods.kind)
    var target: CallTarget?

    @Argument(help: ArgumentHelp("Whom to greet.", valueName: "name"))
    var names: [String] = []

    @Option(
        name: [.customShort("d"), .long],
        help: ArgumentHelp(
            "The request of a method as JSON, or several, one after another; @FILE reads them from a file.",
            valueName: "json"))
    var data: String?

    @Option(
        help: ArgumentHelp("A plan with the requests: a file in YAML, JSON Lines (.jsonl) or CSV.", valueName: "file"),
        completion: PlanArgument.completion)
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "The other server. Where --server is the demo server it may be left out: it is its other side.",
            valueName: "url"))
    var against: String?

    @Flag(help: "Tell the other server the token, the headers and the client certificate, too.")
    var shareCredentials = false

    @Option(help: "How the comparison is printed.")
    var output = OutputFormat.text

    @OptionGroup(title: "Schema Options")
    var schema: SchemaOptions

    @OptionGroup(title: "Server Options")
    var connection: ConnectionOptions

    @OptionGroup(title: "Retry Options")
    var retry: RetryOptions

    @OptionGroup(title: "Demo Server Options")
    var demo: DemoOptions

    @OptionGroup(title: "Configuration Options")
    var configuration: ConfigurationOptions

    @OptionGroup(title: "Log Options")
    var log: LogOptions

    /// The exit status where something differs.
    private static let differentStatus: Int32 = 1

    func validate() throws {
        if target?.method != nil {
            if !names.isEmpty { throw ValidationError("give the request of a method as JSON with -d") }
            if data != nil, plan != nil { throw ValidationError("the plan has the requests; give no -d beside it") }
        } else if data != nil {
            throw ValidationError("-d is for a method that is named, as in demo.v1.Library/GetBook")
        } else if plan == nil, target == nil || names.isEmpty {
            throw ValidationError("name a method, or the kind of call and whom to greet, or a plan with --plan")
        }
        if plan != nil, !names.isEmpty {
            throw ValidationError("the plan has the requests; give no names beside it")
        }
        if plan == "-" || data == "-" || data == "@-" || names.contains("-") {
            throw ValidationError("standard input can be read only once; name a file with --plan")
        }
    }

    func run() async throws {
        let plan = try self.plan.map { path throws(Exit) in try PlanArgument(path: path).read() }
        let method = target?.method ?? plan?.method?.text
        let greetings = try method == nil ? greetings(plan) : nil
        let kind = greetings?.method.ref.kind
        let setup = try await Setup(
            load(calling: kind) { layer throws(ConfigurationError) in try schema.set(in: &layer) })
        let other = try otherServer(of: setup.server.address)
        try checkMethods(calling: kind, at: setup.server.address, other)
        setup.sayNotes()
        let surroundings = Surroundings()
        let first = try await ServerConnection.open(setup, in: surroundings, retry: { setup.retry })
        let second = try await ServerConnection.open(
            setup, to: other, sharesCredentials: shareCredentials, in: surroundings, retry: { setup.retry })
        let requests: Requests
        do throws(Exit) {
            if let greetings {
                requests = greetings
            } else {
                requests = try await self.requests(of: method ?? "", plan, setup, over: first, in: surroundings)
            }
        } catch {
            await first.shutdown()
            await second.shutdown()
            throw error
        }
        let comparison = TransportComparison(
            requests.method, PlanRun(requests.document),
            options: setup.callOptions(isOpenEnded: requests.document.takesItsTime))
        let task = Task { await comparison.run(first, second) }
        let signals = Signals()
        let watcher = Task {
            for await signal in signals.stream {
                task.cancel()
                return signal
            }
            return 0
        }
        let result = await task.value
        let isCancelled = task.isCancelled
        watcher.cancel()
        await first.shutdown()
        await second.shutdown()
        await setup.finishLog()
        Exit.write(text(of: result), to: STDOUT_FILENO)
        if isCancelled { throw Exit.status(128 + (await watcher.value)) }
        throw Exit.status(result.isSame ? 0 : Self.differentStatus)
    }

    private struct Requests {
        var method: MethodSchema
        var document: PlanDocument

        /// - Throws: ``Exit`` where they cannot be sent twice.
        init(_ method: MethodSchema, _ document: PlanDocument) throws(Exit) {
            if let problem = TransportComparison.problem(with: document) { throw .usage(problem) }
            (self.method, self.document) = (method, document)
        }
    }

    private func greetings(_ plan: ReadPlan?) throws(Exit) -> Requests {
        guard let plan else {
            return try Requests(Greeter.method(target?.kind ?? .unary), PlanDocument(names: names, language: "en"))
        }
        let (kind, document) = try plan.greetings(for: target?.kind)
        return try Requests(Greeter.method(kind), document)
    }

    /// The requests of the method that is named, as the first server defines it.
    private func requests(
        of name: String, _ plan: ReadPlan?, _ setup: Setup, over connection: ServerConnection,
        in surroundings: Surroundings
    ) async throws(Exit) -> Requests {
        let loaded = try await loadSchema(schema, setup, over: connection, in: surroundings) { loader throws(Exit) in
            guard target == nil, let service = plan?.method?.service else { return try await loader.load(method: name) }
            return try await loader.load(service: service)
        }
        for note in loaded.notes { Exit.note(note) }
        let method = try loaded.method(named: target?.method, orBy: plan?.method, JSONStyle())
        if let plan { return try Requests(method, plan.document(for: method)) }
        let messages = try MessageData(data ?? "{}").messages(method.input, allowsUnknown: false)
        return try Requests(
            method, PlanDocument(method: method.ref.fullName, steps: messages.map { .request($0) }))
    }

    private func otherServer(of server: ServerAddress) throws(Exit) -> ServerAddress {
        guard let against else {
            guard server.scheme.isDemo else { throw .usage("name the other server with --against") }
            return ServerAddress(scheme: server.scheme.otherDialect, host: server.host, port: server.port)
        }
        do {
            return try ServerAddress(parsing: against)
        } catch {
            throw .usage("--against: \(error)")
        }
    }

    private func text(of result: RunComparison) -> String {
        guard output == .json else { return result.table.lines.map { inert($0) }.joined(separator: "\n") }
        var json = JSONText(isTerminalSafe: true)
        result.appendJSON(to: &json)
        return String(json.string.dropLast())
    }
}
