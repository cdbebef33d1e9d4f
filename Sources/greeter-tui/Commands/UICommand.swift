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

/// The workbench on this terminal.
enum Workbench {
    /// Runs until the person quits.
    static func run(_ options: ServerOptions) async throws {
        _ = try options.address()
        throw Exit.usage("this build has no workbench yet; use 'greeter-tui call'")
    }
}
