public import ArgumentParser
public import GreeterCore
public import GreeterRetry

/// When a failed call is made again, as the command line says it.
struct RetryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What a retry means: off; restart, which runs the plan again from its first request; resume, which goes on \
            after the last answered request, for servers that tolerate it.
            """))
    var retry = RetryMode.restart

    @Option(help: ArgumentHelp("How many attempts there may be, the first included.", valueName: "n"))
    var attempts = 4

    @Option(help: ArgumentHelp("The first delay between attempts.", valueName: "time"))
    var backoff = DurationArgument(.milliseconds(500))

    @Option(help: ArgumentHelp("The longest delay between attempts.", valueName: "time"))
    var maxBackoff = DurationArgument(.seconds(10))

    @Option(help: ArgumentHelp("By what each delay is longer than the one before.", valueName: "factor"))
    var multiplier = 2.0

    @Option(help: "How chance spreads the delays.")
    var jitter = Jitter.full

    @Option(
        help: ArgumentHelp(
            "A status code that another attempt may mend, such as RESOURCE_EXHAUSTED, beside UNAVAILABLE. May be repeated.",
            valueName: "code"))
    var retryOn: [StatusCode] = []

    @Option(help: ArgumentHelp("How long one attempt may take.", valueName: "time"))
    var attemptDeadline: DurationArgument?

    @Flag(help: "Send a unary or server-streaming request again even where the server may have taken it.")
    var repeatPost = false

    /// The policy.
    /// - Throws: ``Exit`` with status 2 that names the value that is out of its range.
    func policy() throws(Exit) -> RetryPolicy {
        do {
            return try RetryPolicy(
                mode: retry, maximumAttempts: attempts,
                backoff: BackoffPolicy(
                    initial: backoff.duration, maximum: maxBackoff.duration, multiplier: multiplier, jitter: jitter),
                retryableCodes: Set(retryOn + [.unavailable]), attemptDeadline: attemptDeadline?.duration,
                allowsRepeatedPost: repeatPost)
        } catch {
            throw .usage("\(error)")
        }
    }
}

extension RetryMode: ExpressibleByArgument {}
extension Jitter: ExpressibleByArgument {}

extension StatusCode: ExpressibleByArgument {
    /// Reads a code by its name, whatever the case of its letters.
    public init?(argument: String) {
        guard let code = Self.allCases.first(where: { $0.name == argument.uppercased() }) else { return nil }
        self = code
    }

    public static var allValueStrings: [String] { allCases.map(\.name) }
    public var defaultValueDescription: String { name }
}
