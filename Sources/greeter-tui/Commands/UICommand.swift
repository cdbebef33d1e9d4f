import ArgumentParser

/// Opens the workbench.
struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the workbench (what happens without a command).")

    @Option(
        help: ArgumentHelp(
            "A plan to begin with: a file in YAML, JSON Lines (.jsonl) or CSV.", valueName: "file"))
    var plan: String?

    @OptionGroup(title: "Server Options")
    var server: ServerOptions

    func validate() throws {
        if plan == "-" { throw ValidationError("the workbench reads its keys from standard input; name a file") }
    }

    func run() async throws {
        try await Workbench.run(server, plan: plan.map { PlanArgument(path: $0) })
    }
}
