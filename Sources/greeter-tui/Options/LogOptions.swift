import ArgumentParser
import UserConfiguration

/// What is logged, and where.
struct LogOptions: ParsableArguments {
    @Option(
        help: Known.logLevel.help(
            "Write a log: calls and attempts at info, every request and reply at debug.", valueName: "level"),
        completion: Known.logLevel.completion)
    var logLevel: String?

    @Option(
        help: Known.logFile.plainHelp(
            "The file to log to instead of greeter-tui/greeter-tui.log below XDG_STATE_HOME or ~/.local/state.",
            valueName: "file"), completion: .file())
    var logFile: String?

    func set(in layer: inout Layer) throws(ConfigurationError) {
        try layer.set(Known.logLevel, flag: "--log-level", logLevel)
        try layer.set(Known.logFile, flag: "--log-file", logFile)
    }
}
