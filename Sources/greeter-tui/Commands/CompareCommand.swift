import ArgumentParser
import Foundation
import Greeter
import Plans
import RPCCore

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

    @Argument(help: "The kind of call; may be left out where the plan says it.")
    var kind: CallKind?

    @Argument(help: ArgumentHelp("Whom to greet.", valueName: "name"))
    var names: [String] = []

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
        if plan == nil, kind == nil || names.isEmpty {
            throw ValidationError("name the kind of call and whom to greet, or a plan with --plan")
        }
        if plan != nil, !names.isEmpty {
            throw ValidationError("the plan has the requests; give no names beside it")
        }
        if plan == "-" || names.contains("-") {
            throw ValidationError("standard input can be read only once; name a file with --plan")
        }
    }

    func run() async throws {
        let (kind, document) = try requests()
        let setup = try await Setup(load(calling: kind))
        let other = try otherServer(of: setup.server.address)
        try checkMethods(calling: kind, at: setup.server.address, other)
        setup.sayNotes()
        let surroundings = Surroundings()
        let first = try await ServerConnection.open(setup, in: surroundings, retry: { setup.retry })
        let second = try await ServerConnection.open(
            setup, to: other, sharesCredentials: shareCredentials, in: surroundings, retry: { setup.retry })
        let comparison = TransportComparison(
            Greeter.method(kind), PlanRun(document), options: setup.callOptions(isOpenEnded: document.takesItsTime))
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

    private func requests() throws(Exit) -> (CallKind, PlanDocument) {
        let (kind, document) =
            if let plan { try PlanArgument(path: plan).read().greetings(for: kind) } else {
                (kind ?? .unary, PlanDocument(names: names, language: "en"))
            }
        if let problem = TransportComparison.problem(with: document) { throw .usage(problem) }
        return (kind, document)
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
