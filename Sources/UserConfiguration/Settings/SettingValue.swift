public import RPCCore

/// What a setting can be.
public protocol SettingValue: Sendable {
    static var shape: SettingShape { get }

    /// Reads what was written.
    /// - Throws: ``ConfigurationError`` at the place of what is wrong.
    static func read(_ raw: RawValue) throws(ConfigurationError) -> Self

    /// The value as it may be shown, and as it would be written. Holds no secret.
    var settingText: String { get }
}

/// A value that is written as a single text.
public protocol SettingWord: SettingValue, SettingText {}

extension SettingWord {
    public static var shape: SettingShape { .single }

    public static func read(_ raw: RawValue) throws(ConfigurationError) -> Self {
        guard raw.texts.count == 1, let text = raw.texts.first else {
            throw ConfigurationError(raw.origin, "expected one value: \(expectation)")
        }
        guard let value = Self(settingText: text.text) else {
            throw ConfigurationError(text.origin, Self.refusal(of: text.text))
        }
        return value
    }

    private static func refusal(of text: String) -> String {
        let nearest = Suggestion.text(for: text, among: words).map { "; \($0)" } ?? ""
        return "'\(text.prefix(64))' is not \(expectation)\(nearest)"
    }
}
