import ArgumentParser
import Foundation
import GreeterCore

/// Makes one call without a screen.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Make one call without a screen.",
        discussion: """
            Replies go to standard output as JSON Lines as they come; what is for people goes to standard error. With \
            - instead of names, requests are read from standard input as JSON Lines, such as \
            {"name":"Ana","language":"en"}, and sent as they arrive.

            The first SIGINT ends an open stream that is read from standard input: no more is sent, and the replies \
            still come. Otherwise, and the second time, it cancels the call.

            --events prints instead of the replies one JSON object a line for everything that happens. All have time \
            (seconds since the start), event and attempt. The events and their keys: attempt_started (wall_time); \
            opened (transport, route, metadata); sent (number, size, form, name, language); received (number, size, \
            form, body, answers, and message and language, or reason where body is refusal); acknowledged (up_to); \
            half_closed; server_finished; resent (from, to); attempt_ended (code, status, sent, received, error); retry_scheduled \
            (next_attempt, maximum_attempts, delay, at_most, formula, first_request, throttle); notice (text); ended (code, \
            status, rule, attempts, elapsed, sent, answered, refused, uncertain, received, result, trailers, error). Keys without a value are left out.
            """)

    @Argument(help: "The kind of call.")
    var kind: CallKind

    @Argument(help: ArgumentHelp("Whom to greet, or - to read requests from standard input.", valueName: "name"))
    var names: [String] = []

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
        if names.isEmpty {
            throw ValidationError("name somebody to greet, or - to read requests from standard input")
        }
        if names.contains("-"), names.count > 1 {
            throw ValidationError("- stands for all requests; give it alone, or names without it")
        }
        if readsInput, language != nil {
            throw ValidationError("--language is for names; in standard input every request has its own")
        }
        if let method, !method.hasPrefix("/") {
            throw ValidationError("the route '\(method)' does not begin with /")
        }
        if events, output == .text {
            throw ValidationError("--events prints JSON lines and cannot be combined with --output text")
        }
    }

    func run() async throws {
        let clock = SystemClock()
        let signals = Signals()
        let policy = try server.retry.policy()
        let connection = try await ServerConnection.open(
            server, calling: kind, at: method, retry: { policy }, clock: clock)
        let plan = readsInput ? SteeredPlan(PlanRun(.standardInput), holdsOpen: false) : nil
        let names = PlanRun(names: names, language: language ?? "en")
        let run = CallRun(
            call: Call(kind, plan ?? names, options: server.callOptions(isOpenEnded: readsInput)),
            steering: kind.streamsRequests ? plan : nil,
            printer: CallPrinter(style: events ? .events : output.style, clock: clock))
        let exit = await run.perform(on: connection.transport, signals: signals, clock: clock)
        await connection.close()
        throw exit
    }

    private var readsInput: Bool { names == ["-"] }
}

/// How replies are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case json
    case text

    var style: CallPrinter.Style { self == .json ? .replies : .text }
}
