import ArgumentParser
import Dispatch
import Foundation

/// The program: reads its arguments, runs one command, and says how it went in its exit status.
struct GreeterTUI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greeter-tui",
        abstract: "A terminal workbench for streaming RPC.",
        discussion: """
            Without a command it opens the workbench, with the demo server inside unless --server names another.

            Exit status: 0 when all went well, 1 when a tape failed or compared runs differ, 64 + the gRPC status code when a call failed, 2 when the program was \
            used wrongly, 130 when it was interrupted.
            """,
        version: Version.text,
        subcommands: [
            UICommand.self, CallCommand.self, ListCommand.self, DescribeCommand.self, SchemaCommand.self,
            ServeCommand.self, CompareCommand.self, PlayCommand.self,
            DoctorCommand.self, HistoryCommand.self, ConfigCommand.self, CompletionsCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: UICommand.self)

    static func main() async {
        do {
            var command = try await parsed(Array(CommandLine.arguments.dropFirst()))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as Exit {
            error.perform()
        } catch {
            // What the parser throws: wrong arguments, or a request for help or the version.
            let text = fullMessage(for: error)
            if exitCode(for: error).isSuccess {
                Exit.write(text, to: STDOUT_FILENO)
                Exit.status(0).perform()
            }
            Exit(status: Exit.usageStatus, lines: text.split(separator: "\n").map(String.init)).perform()
        }
    }
}

extension GreeterTUI {
    /// The command of a line: the arguments are read with it first. What has to be known to find it behind others takes as long as
    /// the first frame, and is only looked up where it stands behind others, or the line is not understood.
    private static func parsed(_ arguments: [String]) async throws -> any ParsableCommand {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let first = arguments.first, !names.contains(first), !first.hasPrefix("---") else {
            return try await asyncParseAsRoot(arguments)
        }
        if arguments.contains(where: names.contains) { return try await asyncParseAsRoot(arranged(arguments)) }
        do {
            return try await asyncParseAsRoot(arguments)
        } catch {
            // A word that is no command is what is wrong.
            _ = try arranged(arguments)
            throw error
        }
    }

    /// The arguments with the command first.
    private static func arranged(_ arguments: [String]) throws -> [String] {
        let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(_dumpHelp().utf8))
        return try CommandWords(tool.command).arranged(arguments)
    }
}

/// Where the program begins. What everything else needs is looked after here first: the runtime's own queues trap where they
/// get no descriptor.
@main
enum Start {
    static func main() {
        openClosedDescriptors()
        // A reader that has had enough shows as a failed write, which each writer deals with.
        signal(SIGPIPE, SIG_IGN)
        if let exit = DescriptorLimit.shortage() { exit.perform() }
        Task {
            await GreeterTUI.main()
            exit(0)
        }
        dispatchMain()
    }
}

/// Puts something in the place of standard input, output and error where they are closed: what is opened next would take
/// their numbers. Input then ends at once, and output cannot be written.
private func openClosedDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
        _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
}
