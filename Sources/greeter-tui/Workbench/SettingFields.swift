import RPCCore
import UserConfiguration
import WorkbenchModel

/// How the settings of the way to the server are written in a form, one text for each.
enum SettingFields {
    static let headerPrefix = "headers."

    /// Whether a setting is about one server, and says nothing of another.
    static func isOfServer(_ name: String) -> Bool {
        name.hasPrefix(headerPrefix) || Known.schema[name]?.isOfServer ?? false
    }

    static func fields(of settings: Settings) -> [SettingField] {
        headers(of: settings) + [
            SettingField(
                Known.token.name, label: "token", text: text(of: settings[Known.token]),
                hint: "where it is, never what it is: file PATH, variable NAME or command COMMAND; none",
                secrecy: .tokenSource),
            path(Known.authorities, "CA", "a PEM file of the authorities to trust, or none: the system's", settings),
            path(Known.certificate, "client cert", "a PEM file that goes with the client key, or none", settings),
            path(Known.key, "client key", "a PEM file, or none", settings),
            SettingField(
                Known.serverName.name, label: "server name", text: settings.text(of: Known.serverName),
                hint: "what the certificate is for, instead of the host; none: the host"),
            SettingField(
                Known.insecure.name, label: "insecure", text: settings.text(of: Known.insecure), choices: Bool.words,
                hint: "true: any certificate is accepted"),
            SettingField(
                Known.keepAlive.name, label: "keep-alive", text: settings.text(of: Known.keepAlive),
                hint: "a ping after so long a silence, at least 10s, or none"),
        ]
    }

    private static func path(
        _ setting: Setting<PathSetting>, _ label: String, _ hint: String, _ settings: Settings
    ) -> SettingField {
        SettingField(setting.name, label: label, text: settings.text(of: setting), hint: hint, isPath: true)
    }

    /// A field for each header, and one for another.
    private static func headers(of settings: Settings) -> [SettingField] {
        let present = settings.members(of: Known.headers).filter { !$0.value.values.isEmpty }
        return present.map { name, value, _ -> SettingField in
            let isShown = value.values.allSatisfy { Redaction.shows(MetadataEntry(name, $0)) }
            return SettingField(
                headerPrefix + name, label: "header",
                text: "\(name): \(isShown ? value.values.joined(separator: ", ") : Secret.mask)",
                hint: "NAME: VALUE, sent with every call; empty: not in this session", secrecy: .header)
        } + [
            SettingField(
                headerPrefix, label: "header", text: "", hint: "NAME: VALUE, for one more header or metadata",
                secrecy: .header)
        ]
    }

    private static func text(of token: TokenSetting) -> String {
        switch token.source {
        case nil: "none"
        case .variable(let name): "variable \(name)"
        case .file(let path): "file \(path)"
        // It may have a secret among its words.
        case .command: "command \(Secret.mask)"
        }
    }

    /// What was typed for a token: the form, and what goes with it.
    /// - Throws: ``ConfigurationError`` where it is none of the forms.
    static func token(_ text: String) throws(ConfigurationError) -> (choice: String, text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        if parts == ["none"] { return ("none", "none") }
        guard parts.count == 2, ["file", "variable", "command"].contains(parts[0]) else {
            throw ConfigurationError(
                .screen(Known.token.name),
                "a token is not typed here: say where it is, file PATH, variable NAME or command COMMAND; or none")
        }
        return (parts[0], String(parts[1].drop { $0 == " " }))
    }

    /// Sets what was typed.
    static func set(_ change: SettingChange, in layer: inout Layer) throws(ConfigurationError) {
        let origin = Origin.screen(change.name)
        guard !change.text.contains(Secret.mask) else {
            throw ConfigurationError(origin, "type all of it anew: \(Secret.mask) stands for what is not shown")
        }
        switch change.name {
        case Known.token.name:
            let (choice, text) = try token(change.text)
            try layer.set(Known.token, to: RawValue(choice: choice, [.init(text, origin)], origin))
        case let name where name.hasPrefix(headerPrefix):
            let typed = String(change.text.prefix { $0 != ":" })
            guard !HeaderValues.isToken(typed) else {
                throw ConfigurationError(
                    origin,
                    "\(typed): say in the field 'token' where the token is: file PATH, variable NAME or command COMMAND"
                )
            }
            let member = String(name.dropFirst(headerPrefix.count))
            if !member.isEmpty { try layer.set(Known.headers, member: member, to: RawValue([], origin)) }
            if !change.text.allSatisfy(\.isWhitespace) {
                try layer.set(Known.headers, lines: [change.text], origin)
            }
        default:
            guard let setting = Known.schema[change.name] else { return }
            try layer.set(setting, to: RawValue(change.text, origin))
        }
    }

    /// Names of settings in a sentence, each once.
    static func list(_ names: some Collection<String>) -> String {
        var list: [String] = []
        for name in names {
            let shown = name == headerPrefix ? "headers" : name
            if !list.contains(shown) { list.append(shown) }
        }
        return list.joined(separator: ", ")
    }
}
