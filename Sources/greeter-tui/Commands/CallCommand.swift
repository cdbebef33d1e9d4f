import ArgumentParser
import Foundation
import GreeterCore
import GreeterPlans

/// Makes one call without a screen.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Make one call without a screen.",
        discussion: """
            Replies go to standard output as JSON Lines as they come; what is for people goes to standard error. \
            Requests come from the names given, from a plan, or, with - instead of names or with neither and standard \
            input no terminal, from standard input as JSON Lines, such as {"name":"Ana","language":"en"}, sent as they \
            arrive.

            The deadline of a plan that waits counts from the end of its stream, unless --deadline is given.

            The first SIGINT ends an open stream that is read from standard input or paced by its plan: no more is \
            sent, and the replies still come. Otherwise, and the second time, it cancels the call.

            --events prints instead of the replies one JSON object a line for everything that happens. All have time \
            (seconds since the start), event and attempt. The events and their keys: attempt_started (wall_time); \
            opened (transport, route, metadata); sent (number, size, form, name, language); received (number, size, \
            form, body, answers, and message and language, or reason where body is refusal); acknowledged (up_to); \
            half_closed; server_finished; resent (from, to); attempt_ended (code, status, sent, received, error); retry_scheduled \
            (next_attempt, maximum_attempts, delay, at_most, formula, first_request, throttle); notice (text); ended (code, \
            status, rule, attempts, elapsed, sent, answered, refused, uncertain, received, result, trailers, error). Keys without a value are left out.
            """)

    @Argument(help: "The kind of call; may be left out where the plan says it.")
    var kind: CallKind?

    @Argument(help: ArgumentHelp("Whom to greet, or - to read requests from standard input.", valueName: "name"))
    var names: [String] = []

    @Option(
        help: ArgumentHelp(
            "A plan with the requests: a file in YAML, JSON Lines (.jsonl) or CSV, or - for YAML on standard input.",
            valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("The language of the greetings of the names given (default: en).", valueName: "tag"))
    var language: String?

    @Option(
        help: ArgumentHelp("The route to call instead of the usual one for this kind.", valueName: "route"))
    var method: String?

    @Option(help: "How replies are printed.")
    var output = OutputFormat.json

    @Flag(help: "Print every event of the call as a JSON line instead of the replies.")
    var events = false

    @OptionGroup(title: "Server Options")
    var server: ServerOptions

    func validate() throws {
        if kind == nil, plan == nil {
            throw ValidationError("name the kind of call: \(CallKind.allValueStrings.joined(separator: ", "))")
        }
        if plan != nil, !names.isEmpty {
            throw ValidationError("the plan has the requests; give no names beside it")
        }
        if plan == nil, names.isEmpty, isatty(STDIN_FILENO) == 1 {
            throw ValidationError("name somebody to greet, give a --plan, or - to read requests from standard input")
        }
        if names.contains("-"), names.count > 1 {
            throw ValidationError("- stands for all requests; give it alone, or names without it")
        }
        if names.isEmpty || readsInput, language != nil {
            throw ValidationError("--language is for names; elsewhere every request has its own")
        }
        if let method, !method.hasPrefix("/") {
            throw ValidationError("the route '\(method)' does not begin with /")
        }
        if events, output == .text {
            throw ValidationError("--events prints JSON lines and cannot be combined with --output text")
        }
    }

    func run() async throws {
        let (kind, document) = try request()
        let clock = SystemClock()
        let signals = Signals()
        let policy = try server.retry.policy()
        let connection = try await ServerConnection.open(
            server, calling: kind, at: method, retry: { policy }, clock: clock)
        let requests = PlanRun(document)
        let plan = SteeredPlan(requests, for: kind, holdsOpen: false)
        let printer = CallPrinter(style: events ? .events : output.style, clock: clock)
        if let note = requests.seedNote { printer.note(note) }
        let run = CallRun(
            call: Call(kind, plan, options: server.callOptions(isOpenEnded: document.takesItsTime)),
            plan: plan, endsByHand: document.takesItsTime && kind.streamsRequests || document.stop.byHand,
            printer: printer)
        let exit = await run.perform(on: connection.transport, signals: signals, clock: clock)
        await connection.close()
        throw exit
    }

    /// What kind of call is to be made, and with which requests.
    private func request() throws(Exit) -> (CallKind, PlanDocument) {
        guard let plan else {
            return (
                kind ?? .unary, readsInput ? .standardInput : PlanDocument(names: names, language: language ?? "en")
            )
        }
        let argument = PlanArgument(path: plan)
        let file = try argument.load(asSteps: false)
        guard let kind = kind ?? file.document.kind else {
            throw .usage("\(plan): names no kind of call; name one before --plan, or add 'kind: client-stream' to it")
        }
        try file.check(for: kind, hasStandardInput: !argument.readsInput)
        return (kind, file.document)
    }

    private var readsInput: Bool { plan == nil && (names.isEmpty || names == ["-"]) }
}

/// How replies are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case json
    case text

    var style: CallPrinter.Style { self == .json ? .replies : .text }
}
