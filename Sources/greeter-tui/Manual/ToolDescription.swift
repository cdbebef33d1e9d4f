/// What the argument parser knows of the program: the part of its help dump that a manual page needs.
struct ToolDescription: Decodable {
    var command: CommandDescription
}

struct CommandDescription: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool
    var defaultSubcommand: String?
    var subcommands: [CommandDescription]?
    var arguments: [ArgumentDescription]?

    /// The commands that do something, each with the words that call it. `help` is no page's business.
    func leaves(below path: [String] = []) -> [(path: [String], command: CommandDescription)] {
        guard shouldDisplay, commandName != "help" else { return [] }
        guard let subcommands, !subcommands.isEmpty else { return [(path, self)] }
        return subcommands.flatMap { $0.leaves(below: path + [$0.commandName]) }
    }
}

struct ArgumentDescription: Decodable {
    enum Kind: String, Decodable {
        case positional, option, flag
    }

    struct Name: Decodable {
        var kind: String
        var name: String

        /// The name as it is written.
        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var sectionTitle: String?
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?
}
