import Foundation
import RPCCore

/// The arguments with the command first. What a command takes may stand before it as well, as in `greeter-tui --server HOST list`;
/// and what stands in the place of a command, and is none, is told.
struct CommandWords {
    private let tool: CommandDescription

    /// - Parameter tool: The whole program.
    init(_ tool: CommandDescription) {
        self.tool = tool
    }

    /// - Throws: ``Exit`` with status 2 for a word that is no command.
    func arranged(_ arguments: [String]) throws(Exit) -> [String] {
        guard let place = place(in: arguments) else { return arguments }
        let word = arguments[place]
        guard let command = commands.first(where: { $0.commandName == word }) else {
            guard word != "help" else { return arguments }
            throw unknown(word)
        }
        guard place > 0 else { return arguments }
        // Of `schema save` both words go first.
        var end = place + 1
        if end < arguments.count, command.subcommands?.contains(where: { $0.commandName == arguments[end] }) == true {
            end += 1
        }
        return Array(arguments[place..<end] + arguments[..<place] + arguments[end...])
    }

    private var commands: [CommandDescription] { tool.subcommands ?? [] }

    /// Where the first word is that is neither an option nor the value of one.
    private func place(in arguments: [String]) -> Int? {
        let valued = Set(Self.valuedOptions(of: tool))
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" { return nil }
            guard argument.hasPrefix("-"), argument.count > 1 else { return index }
            index += valued.contains(argument) ? 2 : 1
        }
        return nil
    }

    private static func valuedOptions(of command: CommandDescription) -> [String] {
        let own = (command.arguments ?? []).filter { $0.kind == .option }.flatMap { $0.names ?? [] }.map(\.text)
        return own + (command.subcommands ?? []).flatMap(valuedOptions)
    }

    private func unknown(_ word: String) -> Exit {
        let names = commands.filter(\.shouldDisplay).map(\.commandName)
        let near = NearestName.suggestion(for: word, among: names).map { "; did you mean '\($0)'?" } ?? ""
        return .usage("'\(word.prefix(64))' is no command\(near) (the commands are \(names.joined(separator: ", ")))")
    }
}
