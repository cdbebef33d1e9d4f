import ArgumentParser

/// Opens the workbench.
struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the workbench (what happens without a command).")

    @OptionGroup(title: "Server Options")
    var server: ServerOptions

    func run() async throws {
        try await Workbench.run(server)
    }
}
