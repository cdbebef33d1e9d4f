public import RPCCore

/// The server that calls go to.
public struct ServerStatus: Hashable, Sendable {
    /// The address as it was asked for.
    public var name: String
    /// Where it really is; `nil` until it is connected.
    public var address: ServerAddress?
    /// Whether its certificate goes unchecked.
    public var isInsecure: Bool
    public var health: Health

    public init(name: String, address: ServerAddress? = nil, isInsecure: Bool = false, health: Health = .unknown) {
        self.name = name
        self.address = address
        self.isInsecure = isInsecure
        self.health = health
    }

    /// Whether it is the one inside this program.
    public var isDemo: Bool { name.hasPrefix("demo:") }

    /// What its health route said last.
    public enum Health: Hashable, Sendable {
        case unknown
        case checking
        case healthy(HealthReport)
        case unreachable(CallError)
    }
}
