/// Where a bearer token is. The token itself is in no setting.
public enum TokenSource: Hashable, Sendable {
    /// In a variable of the environment.
    case variable(String)
    /// In a file, alone.
    case file(String)
    /// On the standard output of a command, alone.
    case command(String)
}

/// A ``TokenSource``, or none.
public struct TokenSetting: SettingValue, Hashable {
    /// `nil` for no token.
    public var source: TokenSource?

    public init(_ source: TokenSource? = nil) {
        self.source = source
    }

    public static var shape: SettingShape {
        .choice(
            ["variable", "file", "command"],
            refusal: """
                a token is not written into this file; say where it is: {variable: NAME}, {file: PATH} or \
                {command: COMMAND}
                """)
    }

    public static func read(_ raw: RawValue) throws(ConfigurationError) -> TokenSetting {
        guard raw.texts.count == 1, let text = raw.texts.first?.text, !text.isEmpty else {
            throw ConfigurationError(raw.origin, "there is nothing that says where the token is")
        }
        switch raw.choice {
        // Not in a file: there, none is what is not written.
        case "none": return TokenSetting()
        case "variable": return TokenSetting(.variable(text))
        case "file": return TokenSetting(try PathSetting.read(raw).path.map { .file($0) })
        default: return TokenSetting(.command(text))
        }
    }

    public var settingText: String {
        switch source {
        case nil: "none"
        case .variable(let name): "the variable \(name)"
        case .file(let path): "the file \(path)"
        // A command may have a secret among its words.
        case .command: "the output of a command"
        }
    }
}
