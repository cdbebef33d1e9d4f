import ArgumentParser
import Foundation

/// Prints the manual page, which is made from the arguments.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page.",
        discussion: "To read it without installing it: greeter-tui manual | man -l -")

    func run() throws {
        let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(GreeterTUI._dumpHelp().utf8))
        Exit.write(String(ManualPage(tool.command).text.dropLast()), to: STDOUT_FILENO)
    }
}
