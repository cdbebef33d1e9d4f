import ArgumentParser
import UserConfiguration

/// When a failed call is made again.
struct RetryOptions: ParsableArguments {
    @Option(
        help: Known.retry.help(
            """
            What a retry means: off; restart, which runs the plan again from its first request; resume, which goes on \
            after the last answered request, for servers that tolerate it.
            """, valueName: "mode"), completion: Known.retry.completion)
    var retry: String?

    @Option(help: Known.attempts.help("How many attempts there may be, the first included.", valueName: "n"))
    var attempts: String?

    @Option(help: Known.backoff.help("The first delay between attempts.", valueName: "time"))
    var backoff: String?

    @Option(help: Known.maxBackoff.help("The longest delay between attempts.", valueName: "time"))
    var maxBackoff: String?

    @Option(help: Known.multiplier.help("By what each delay is longer than the one before.", valueName: "factor"))
    var multiplier: String?

    @Option(
        help: Known.jitter.help("How delays are randomised.", valueName: "kind"),
        completion: Known.jitter.completion)
    var jitter: String?

    @Option(
        help: Known.retryOn.plainHelp(
            "A status code that another attempt may mend, such as RESOURCE_EXHAUSTED, beside UNAVAILABLE. May be repeated.",
            valueName: "code"))
    var retryOn: [String] = []

    @Option(help: Known.attemptDeadline.help("How long one attempt may take.", valueName: "time"))
    var attemptDeadline: String?

    @Flag(
        inversion: .prefixedNo,
        help: Known.repeatPost.help(
            "Send a unary or server-streaming request again even where the server may have taken it."))
    var repeatPost: Bool?

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.retry, flag: "--retry", retry)
        try layer.set(Known.attempts, flag: "--attempts", attempts)
        try layer.set(Known.backoff, flag: "--backoff", backoff)
        try layer.set(Known.maxBackoff, flag: "--max-backoff", maxBackoff)
        try layer.set(Known.multiplier, flag: "--multiplier", multiplier)
        try layer.set(Known.jitter, flag: "--jitter", jitter)
        try layer.set(Known.attemptDeadline, flag: "--attempt-deadline", attemptDeadline)
        try layer.set(Known.repeatPost, flag: "--repeat-post", repeatPost?.settingText)
        guard !retryOn.isEmpty else { return }
        let origin = Origin.flag("--retry-on")
        try layer.set(Known.retryOn, to: RawValue(retryOn.map { .init($0, origin) }, origin))
    }
}
