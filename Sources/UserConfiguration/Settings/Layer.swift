/// What one place sets: the command line, the environment, a profile, the top of a file.
public struct Layer: Sendable {
    struct Entry: Sendable {
        var value: any SettingValue
        var origin: Origin
        var isOfServer: Bool
        /// The name inside its group as it was written.
        var member: String?
    }

    private(set) var entries: [String: Entry] = [:]
    /// The server that the place is about, if any: what it says about a server holds for no other.
    var ownServer: String?

    public init() {}

    /// Sets something to what was written.
    /// - Parameter member: The name inside a group.
    /// - Throws: ``ConfigurationError`` at the place of what is wrong.
    public mutating func set(
        _ setting: any SettingDeclaration, member: String? = nil, to raw: RawValue
    ) throws(ConfigurationError) {
        let value = try setting.read(raw, member: member)
        let name = member.map { Self.name(of: $0, in: setting.name) } ?? setting.name
        entries[name] = Entry(
            value: value, origin: raw.origin, isOfServer: setting.isOfServer, member: member)
        if setting.name == Settings.serverName { ownServer = value.settingText }
    }

    /// Sets something to what a flag says, where the flag was given.
    public mutating func set(
        _ setting: any SettingDeclaration, flag: String, _ text: String?
    ) throws(ConfigurationError) {
        guard let text else { return }
        try set(setting, to: RawValue(text, .flag(flag)))
    }

    /// What it says that is not about a server: what may be said of any other.
    /// - Parameter isLeftOut: What else is left out, by its name.
    public func withoutServer(_ isLeftOut: (String) -> Bool) -> Layer {
        var layer = self
        layer.entries = entries.filter { name, entry in
            !entry.isOfServer && name != Settings.serverName && !isLeftOut(name)
        }
        layer.ownServer = nil
        return layer
    }

    /// Names in a group are compared without case, as those of headers are.
    static func name(of member: String, in group: String) -> String { "\(group).\(member.lowercased())" }

    // MARK: - The environment

    /// What the variables of the environment set. An empty variable counts as not there, but for the one that holds the token.
    /// - Throws: ``ConfigurationError`` that names the variable.
    public init(environment: [String: String], schema: Schema) throws(ConfigurationError) {
        for setting in schema.settings {
            guard let variable = setting.variable else { continue }
            let origin = Origin.variable(variable)
            if case .choice = setting.shape {
                try setChoice(setting, variable, environment)
                continue
            }
            guard let text = environment[variable], !text.isEmpty else { continue }
            switch setting.shape {
            case .single, .choice: try set(setting, to: RawValue(text, origin))
            case .list:
                let texts = text.split(whereSeparator: \.isWhitespace)
                try set(setting, to: RawValue(texts.map { .init(String($0), origin) }, origin))
            case .members: try set(setting, lines: text.split(whereSeparator: \.isNewline).map(String.init), origin)
            }
        }
    }

    /// The variable that names a file with what `variable` would hold itself.
    static func fileVariable(of variable: String) -> String { variable + "_FILE" }

    private mutating func setChoice(
        _ setting: any SettingDeclaration, _ variable: String, _ environment: [String: String]
    ) throws(ConfigurationError) {
        let file = Self.fileVariable(of: variable)
        let path = environment[file].flatMap { $0.isEmpty ? nil : $0 }
        guard environment[variable] == nil || path == nil else {
            throw ConfigurationError(.variable(file), "\(variable) is set, too; unset one of them")
        }
        if environment[variable] != nil {
            let origin = Origin.variable(variable)
            try set(setting, to: RawValue(choice: "variable", [.init(variable, origin)], origin))
        } else if let path {
            let origin = Origin.variable(file)
            try set(setting, to: RawValue(choice: "file", [.init(path, origin)], origin))
        }
    }

    // MARK: - Lines of names and values

    /// Sets members of a group to lines such as `NAME: VALUE`. A name that comes twice has two values.
    /// - Throws: ``ConfigurationError`` where a line has no colon, or its name or value cannot be. Quotes no value.
    public mutating func set(
        _ group: any SettingDeclaration, lines: [String], _ origin: Origin
    ) throws(ConfigurationError) {
        var members: [(name: String, texts: [RawValue.Text])] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else {
                throw ConfigurationError(origin, "'\(line.prefix(64))' is not in the form 'NAME: VALUE'")
            }
            let name = String(line[..<colon])
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let text = RawValue.Text(String(value), origin)
            if let known = members.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) {
                members[known].texts.append(text)
            } else {
                members.append((name, [text]))
            }
        }
        for (name, texts) in members { try set(group, member: name, to: RawValue(texts, origin)) }
    }
}
