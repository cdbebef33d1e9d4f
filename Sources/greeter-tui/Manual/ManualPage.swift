import UserConfiguration

/// The manual page in mdoc(7), made from what the argument parser knows and from the table of settings.
struct ManualPage {
    private let program: CommandDescription
    private let commands: [(path: [String], command: CommandDescription)]

    init(_ program: CommandDescription) {
        self.program = program
        commands = program.leaves()
    }

    /// The page.
    var text: String {
        var page = MdocText()
        page.macro("Dd", Version.date)
        page.macro("Dt", program.commandName.uppercased(), "1")
        page.macro("Os", "\(program.commandName) \(Version.current)")
        page.section("NAME")
        page.macro("Nm", program.commandName)
        page.macro("Nd", "a terminal workbench for streaming RPC")
        appendSynopsis(to: &page)
        page.section("DESCRIPTION")
        page.paragraphs(program.discussion ?? "")
        page.section("COMMANDS")
        for (path, command) in commands { append(command, path, to: &page) }
        appendSharedOptions(to: &page)
        appendEnvironment(to: &page)
        appendFiles(to: &page)
        appendExitStatus(to: &page)
        return page.text
    }

    // MARK: - Commands

    private func appendSynopsis(to page: inout MdocText) {
        page.section("SYNOPSIS")
        for (path, command) in commands {
            page.macro("Nm", program.commandName)
            if path == [program.defaultSubcommand] {
                page.macro("Op", ["Cm"] + path)
            } else {
                page.macro("Cm", path)
            }
            let arguments = shown(command)
            if arguments.contains(where: { $0.kind != .positional }) { page.macro("Op", "Ar", "options") }
            for argument in arguments where argument.kind == .positional {
                let name = [argument.valueName ?? "value"] + (argument.isRepeating ? ["..."] : [])
                if argument.isOptional { page.macro("Op", ["Ar"] + name) } else { page.macro("Ar", name) }
            }
        }
    }

    private func append(_ command: CommandDescription, _ path: [String], to page: inout MdocText) {
        page.macro("Ss", path.joined(separator: " "))
        page.paragraphs(command.abstract ?? "")
        page.paragraphs(command.discussion ?? "", isFirst: false)
        append(shown(command).filter { $0.sectionTitle == nil }, to: &page)
        let titles = sections(of: command)
        if !titles.isEmpty {
            page.paragraphs(
                "It takes the \(titles.map { $0.lowercased() }.joined(separator: ", ")), too.", isFirst: false)
        }
    }

    /// The options that several commands share, each section once.
    private func appendSharedOptions(to page: inout MdocText) {
        var done: Set<String> = []
        for (_, command) in commands {
            for title in sections(of: command) where done.insert(title).inserted {
                page.section(title.uppercased())
                append(shown(command).filter { $0.sectionTitle == title }, to: &page)
            }
        }
    }

    private func append(_ arguments: [ArgumentDescription], to page: inout MdocText) {
        guard !arguments.isEmpty else { return }
        page.list { page in
            for argument in arguments {
                page.item(names(of: argument), text(of: argument))
            }
        }
    }

    private func names(of argument: ArgumentDescription) -> [String] {
        let value = ["Ar", argument.valueName ?? "value"]
        guard argument.kind != .positional else { return value }
        let names = (argument.names ?? []).map(\.text)
        let flags = names.enumerated().flatMap { ($0 == 0 ? [] : [","]) + ["Fl", String($1.dropFirst())] }
        return argument.kind == .option ? flags + value : flags
    }

    private func text(of argument: ArgumentDescription) -> String {
        var text = argument.abstract ?? ""
        if let values = argument.allValues, !values.isEmpty { text += " One of \(values.joined(separator: ", "))." }
        if let value = argument.defaultValue { text += " The default is \(value)." }
        return text
    }

    private func shown(_ command: CommandDescription) -> [ArgumentDescription] {
        (command.arguments ?? []).filter { argument in
            argument.shouldDisplay && argument.names?.contains { ["help", "version"].contains($0.name) } != true
        }
    }

    private func sections(of command: CommandDescription) -> [String] {
        shown(command).compactMap(\.sectionTitle).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: - What the parser does not know

    private func appendEnvironment(to page: inout MdocText) {
        page.section("ENVIRONMENT")
        page.list { page in
            for setting in Known.schema.settings {
                guard let variable = setting.variable else { continue }
                guard case .choice = setting.shape else {
                    page.item(["Ev", variable], "The setting \(setting.name).")
                    continue
                }
                page.item(["Ev", variable], "The \(setting.name) itself.")
                page.item(["Ev", variable + "_FILE"], "A file with the \(setting.name) in it.")
            }
            page.item(["Ev", ConfigurationOptions.fileVariable], "The configuration file.")
            page.item(["Ev", ConfigurationOptions.profileVariable], "The profile of the configuration file.")
            page.item(["Ev", "XDG_CONFIG_HOME"], "Where the configuration file is looked for; ~/.config unless set.")
            page.item(["Ev", "XDG_STATE_HOME"], "Where the log is written; ~/.local/state unless set.")
            page.item(["Ev", "NO_COLOR"], "No colours, if set and not empty.")
        }
    }

    private func appendFiles(to page: inout MdocText) {
        page.section("FILES")
        page.list { page in
            page.item(["Pa", "~/.config/greeter-tui/config.yaml"], "Settings, profiles and keys.")
            page.item(["Pa", "~/.local/state/greeter-tui/greeter-tui.log"], "The log, where one is asked for.")
        }
    }

    private func appendExitStatus(to page: inout MdocText) {
        page.section("EXIT STATUS")
        page.list { page in
            page.item(["0"], "All went well.")
            page.item(["2"], "Wrong use: arguments, configuration, or a file that they name.")
            page.item(["64 + N"], "A call failed with the gRPC status code N.")
            page.item(["130"], "Interrupted.")
        }
    }
}
