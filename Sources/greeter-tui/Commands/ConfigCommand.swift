import ArgumentParser
import Foundation
import RPCCore
import TerminalUI
import UserConfiguration
import WorkbenchUI

/// What the settings are, and where they come from.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the settings that are in effect.", subcommands: [ShowCommand.self],
        defaultSubcommand: ShowCommand.self)

    struct ShowCommand: ParsableCommand, ServerCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print every setting, its value and where it comes from.",
            discussion: """
                One line for each setting, in columns that are parted by tabs: its name as in the configuration file, \
                its value, and where that was written. Secrets are not shown. Takes the options of the other commands, \
                to show what they would do.
                """)

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

        func run() throws {
            let loaded = try load { layer throws(ConfigurationError) in try history.set(in: &layer) }
            do throws(ConfigurationError) {
                try loaded.settings.check()
            } catch {
                throw Exit.usage("\(error)")
            }
            Exit.write("greeter-tui: \(inert(loaded.file ?? "no configuration file"))", to: STDERR_FILENO)
            for note in Self.notes(loaded) { Exit.note(note) }
            let lines = loaded.settings.lines(of: Known.schema).map { line in
                [line.name, line.text, "\(line.origin)"].map { inert($0) }.joined(separator: "\t")
            }
            Exit.write(lines.joined(separator: "\n"), to: STDOUT_FILENO)
        }

        private static func notes(_ loaded: LoadedSettings) -> [String] {
            let known =
                Known.schema.variables + [
                    ConfigurationOptions.fileVariable, ConfigurationOptions.profileVariable,
                ]
            let unknown = loaded.environment.keys.filter { $0.hasPrefix("GREETER_TUI_") && !known.contains($0) }
                .sorted()
            return Setup.notes(on: loaded.settings)
                + unknown.map { name in
                    let nearest = NearestName.of(name, among: known, within: NearestName.slip)
                    return "the variable \(name) is not known" + (nearest.map { "; did you mean \($0)?" } ?? "")
                }
        }
    }
}
