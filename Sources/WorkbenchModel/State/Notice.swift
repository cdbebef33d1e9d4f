/// A line for the user: what happened, and what to try.
public struct Notice: Hashable, Sendable {
    public enum Level: Hashable, Sendable {
        case info
        case success
        case warning
        case failure
    }

    public var level: Level
    public var text: String

    public init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}
