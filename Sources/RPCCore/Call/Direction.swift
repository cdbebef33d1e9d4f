/// The two directions of a call, seen from the client.
public enum Direction: String, Hashable, Sendable, CaseIterable {
    case sent
    case received

    public var other: Direction { self == .sent ? .received : .sent }
}
