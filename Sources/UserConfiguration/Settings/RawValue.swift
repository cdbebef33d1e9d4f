/// A setting as it was written, wherever that was: one text, or several.
public struct RawValue: Hashable, Sendable {
    /// One text, and where it is.
    public struct Text: Hashable, Sendable {
        public var text: String
        public var origin: Origin

        public init(_ text: String, _ origin: Origin) {
            self.text = text
            self.origin = origin
        }
    }

    /// The name before the text, where a setting is one of several things: `file` in `token: {file: path}`.
    public var choice: String?
    public var texts: [Text]
    public var origin: Origin

    public init(choice: String? = nil, _ texts: [Text], _ origin: Origin) {
        self.choice = choice
        self.texts = texts
        self.origin = origin
    }

    public init(_ text: String, _ origin: Origin) {
        self.init([Text(text, origin)], origin)
    }
}

/// How a setting is written.
public enum SettingShape: Hashable, Sendable {
    /// A single value.
    case single
    /// A list; in a variable its values are separated by spaces. A single value will do.
    case list
    /// One of several things, each under a name of its own. `refusal` says why a bare value will not do.
    case choice([String], refusal: String)
    /// Names of the user's own, each with a value or a list.
    case members
}
