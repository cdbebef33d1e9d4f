public import RPCCore

extension Bool: SettingWord {}
extension Int: SettingWord {}
extension UInt64: SettingWord {}
extension Double: SettingWord {}
extension Duration: SettingWord {}
extension Optional: SettingValue, SettingWord where Wrapped: SettingWord {}

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
