import ArgumentParser

/// Opens the workbench.
struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the workbench (what happens without a command).")

    @OptionGroup(title: "Server Options")
    var server: ServerOptions

    func run() async throws {
        try await workbench(in: Surroundings()).run()
    }

    /// What is to be run.
    /// - Throws: ``Exit`` where the options are wrong.
    @MainActor
    func workbench(in surroundings: Surroundings) throws(Exit) -> Workbench {
        try Workbench(server, in: surroundings)
    }
}
