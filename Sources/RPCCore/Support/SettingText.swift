/// A value that is written as a single text, in the configuration as in a form.
public protocol SettingText: Sendable {
    /// - Returns: `nil` where the text says no such value.
    init?(settingText: String)

    /// The value as it would be written.
    var settingText: String { get }

    /// What may be written, for messages: `a time such as 30s`.
    static var expectation: String { get }

    /// The texts that are understood, where there are only some.
    static var words: [String] { get }
}

extension SettingText {
    public static var words: [String] { [] }
}

/// A choice among words.
extension SettingText where Self: RawRepresentable & CaseIterable, RawValue == String {
    public init?(settingText: String) { self.init(rawValue: settingText) }
    public var settingText: String { rawValue }
    public static var words: [String] { allCases.map(\.rawValue) }
    public static var expectation: String { "one of \(words.joined(separator: ", "))" }
}

extension Bool: SettingText {
    public init?(settingText: String) {
        switch settingText.lowercased() {
        case "true", "yes", "y", "on", "1": self = true
        case "false", "no", "n", "off", "0": self = false
        default: return nil
        }
    }

    public var settingText: String { self ? "true" : "false" }
    public static var words: [String] { ["true", "false"] }
    public static var expectation: String { "true or false" }
}

extension Int: SettingText {
    public init?(settingText: String) { self.init(settingText) }
    public var settingText: String { String(self) }
    public static var expectation: String { "a whole number" }
}

extension UInt64: SettingText {
    public init?(settingText: String) { self.init(settingText) }
    public var settingText: String { String(self) }
    public static var expectation: String { "a whole number of 0 or more" }
}

extension Double: SettingText {
    public init?(settingText: String) {
        guard let number = Double(settingText), number.isFinite else { return nil }
        self = number
    }

    public var settingText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
    public static var expectation: String { "a number" }
}

extension Duration: SettingText {
    public init?(settingText: String) { self.init(text: settingText) }
    public var settingText: String { text }
    public static var expectation: String { "a time such as 500ms, 30s or 2m" }
}

/// A setting that may be absent, which is written `none`.
extension Optional: SettingText where Wrapped: SettingText {
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

extension CallKind: SettingText {}
