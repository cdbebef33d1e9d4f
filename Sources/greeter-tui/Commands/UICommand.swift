import ArgumentParser
import UserConfiguration

/// Opens the workbench.
struct UICommand: AsyncParsableCommand, ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the workbench (what happens without a command).")

    @Option(
        help: ArgumentHelp(
            "A plan to begin with: a file in YAML, JSON Lines (.jsonl) or CSV.", valueName: "file"),
        completion: PlanArgument.completion)
    var plan: String?

    @Option(
        help: Known.theme.help(
            "The colours; default is light where the terminal says that it is light, else dark.", valueName: "name"),
        completion: Known.theme.completion)
    var theme: String?

    @Flag(
        inversion: .prefixedNo,
        help: Known.mouse.help("Take the mouse. Without it the terminal selects text with it, as it does elsewhere."))
    var mouse: Bool?

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

    @OptionGroup(title: "History Options")
    var history: HistoryOptions

    func validate() throws {
        if plan == "-" { throw ValidationError("the workbench reads its keys from standard input; name a file") }
    }

    func run() async throws {
        try await workbench(in: Surroundings()).run()
    }

    /// What is to be run.
    /// - Throws: ``Exit`` where the options, or what they stand before, are wrong.
    @MainActor
    func workbench(in surroundings: Surroundings) async throws(Exit) -> Workbench {
        let loaded = try load(environment: surroundings.environment) { layer throws(ConfigurationError) in
            try layer.set(Known.theme, flag: "--theme", theme)
            try layer.set(Known.mouse, flag: "--mouse", mouse?.settingText)
            try history.set(in: &layer)
            try schema.set(in: &layer)
        }
        return try await Workbench(
            loaded, plan: plan.map { PlanArgument(path: $0) }, schema: try expanded(schema, surroundings.environment),
            in: surroundings)
    }
}
