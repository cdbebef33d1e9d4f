import RPCCore

extension Bool: SettingWord {
    public init?(settingText: String) {
        switch settingText.lowercased() {
        case "true", "yes", "on", "1": self = true
        case "false", "no", "off", "0": self = false
        default: return nil
        }
    }

    public var settingText: String { self ? "true" : "false" }
    public static var words: [String] { ["true", "false"] }
    public static var expectation: String { "true or false" }
}

extension Int: SettingWord {
    public init?(settingText: String) { self.init(settingText) }
    public var settingText: String { String(self) }
    public static var expectation: String { "a whole number" }
}

extension UInt64: SettingWord {
    public init?(settingText: String) { self.init(settingText) }
    public var settingText: String { String(self) }
    public static var expectation: String { "a whole number of 0 or more" }
}

extension Double: SettingWord {
    public init?(settingText: String) {
        guard let number = Double(settingText), number.isFinite else { return nil }
        self = number
    }

    public var settingText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
    public static var expectation: String { "a number" }
}

extension Duration: SettingWord {
    public init?(settingText: String) { self.init(text: settingText) }
    public var settingText: String { text }
    public static var expectation: String { "a time such as 500ms, 30s or 2m" }
}

/// A setting that may be absent, which is written `none`.
extension Optional: SettingValue, SettingWord where Wrapped: SettingWord {
    public init?(settingText: String) {
        if settingText == "none" {
            self = nil
        } else if let value = Wrapped(settingText: settingText) {
            self = value
        } else {
            return nil
        }
    }

    public var settingText: String { self?.settingText ?? "none" }
    public static var words: [String] { Wrapped.words.isEmpty ? [] : Wrapped.words + ["none"] }
    public static var expectation: String { "\(Wrapped.expectation), or none" }
}

extension Array: SettingValue where Element: SettingWord {
    public static var shape: SettingShape { .list }

    public static func read(_ raw: RawValue) throws(ConfigurationError) -> [Element] {
        var values: [Element] = []
        for text in raw.texts { values.append(try Element.read(RawValue(text.text, text.origin))) }
        return values
    }

    public var settingText: String { isEmpty ? "none" : map(\.settingText).joined(separator: " ") }
}

/// A file that a setting names, or none: relative to the file that names it, or to the working directory where no file
/// does; `~/` is the home directory.
public struct PathSetting: SettingValue, Hashable {
    public var path: String?

    public init(path: String? = nil) {
        self.path = path
    }

    public static var shape: SettingShape { .single }

    public static func read(_ raw: RawValue) throws(ConfigurationError) -> PathSetting {
        guard raw.texts.count == 1, let text = raw.texts.first, !text.text.isEmpty else {
            throw ConfigurationError(raw.origin, "expected the name of a file")
        }
        if text.text == "none" { return PathSetting() }
        return PathSetting(path: UserDirectories.resolve(text.text, namedIn: text.origin))
    }

    public var settingText: String { path ?? "none" }
}
