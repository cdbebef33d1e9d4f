/// What there is to say of a message in one line: first what tells it from its neighbours. Who draws it knows how much room there
/// is, and how wide each letter. Not yet made safe for a terminal.
public struct MessageLine: Hashable, Sendable {
    /// What a field says.
    public enum Value: Hashable, Sendable {
        case text(String)
        /// A point in time, counted from 1970 on, and as it is written in UTC. Who draws it may know which time it is there.
        case moment(Duration, utc: String)
    }

    public struct Part: Hashable, Sendable {
        /// What stands before the value: `sensor=`, `tags[3] `, `joined `. Empty for what speaks for itself.
        public var label: String
        public var value: Value

        public init(_ label: String, _ value: Value) {
            self.label = label
            self.value = value
        }
    }

    /// The most characters of a value that has others beside it.
    public static let valueLimit = 24

    public var parts: [Part]
    /// How many fields are set that are none of the parts.
    public var rest: Int

    public init(_ parts: [Part], rest: Int = 0) {
        self.parts = parts
        self.rest = rest
    }

    public init(_ text: String) {
        self.init([Part("", .text(text))])
    }

    /// Whether it is one text, which may have all the room.
    public var isPlain: Bool { parts.count == 1 && rest == 0 && parts.first?.label.isEmpty == true }

    /// So many parts are in the text.
    private static let textParts = 6

    /// The line for whoever has no screen. Times are those of UTC.
    public var text: String {
        guard !parts.isEmpty || rest > 0 else { return "∅" }
        let shown = parts.prefix(Self.textParts).map { part in
            guard !isPlain, case .text(let text) = part.value, text.count > Self.valueLimit else {
                return part.label + part.value.text
            }
            return part.label + text.prefix(Self.valueLimit - 1) + "…"
        }
        let rest = rest + parts.count - shown.count
        return shown.joined(separator: " ") + (rest > 0 ? " +\(rest)" : "")
    }
}

extension MessageLine.Value {
    /// As it is where the time is that of UTC.
    public var text: String {
        switch self {
        case .text(let text), .moment(_, let text): text
        }
    }
}
