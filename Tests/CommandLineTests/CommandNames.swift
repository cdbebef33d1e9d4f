/// The commands of the program, as its help lists them.
enum CommandNames {
    /// Every command that does something by itself: `call`, `history list`.
    static func all(below command: [String] = []) async throws -> [String] {
        let help = try await Executable.run(command + ["--help"]).output
        guard let list = help.range(of: "SUBCOMMANDS:\n") else { return [command.joined(separator: " ")] }
        var names: [String] = []
        for match in help[list.upperBound...].matches(of: /(?m)^ {2}([a-z]+)(?: \(default\))? {2,}\S/) {
            names += try await all(below: command + [String(match.1)])
        }
        return names
    }
}
