/// What the demo server is to be like.
public struct DemoServerConfiguration: Hashable, Sendable {
    /// The address to listen on. Loopback unless somebody means otherwise.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    /// The port to listen on for gRPC; 0 lets the system choose.
    public var grpcPort: Int
    public var behaviour: Behaviour
    /// How many greetings answer one server-streaming call, at least one. Three unless set: enough to see a stream.
    public var greetings: Int
    /// How long the service thinks before it answers a unary call, before each greeting of a server stream, and before
    /// it ends a client or bidirectional stream that the client has half-closed. Nothing unless set.
    public var thinkTime: Duration
    /// How long a server stream is silent before a comment shows that it is alive.
    public var pingInterval: Duration
    /// How long an HTTP connection may wait for its next request before it is closed.
    public var idleTimeout: Duration
    /// How the server is to fail. Not at all, unless ordered.
    public var faults: DemoFaults
    /// How late replies are where no fault says. Not at all, unless set.
    public var latency: DemoFaults.Delay?
    /// Where the random choices of the faults begin: the same seed and the same calls in the same order give the same
    /// run. `nil` for a beginning of the server's own.
    public var seed: UInt64?
    /// Whether health can be asked at an address of its own, so that asking uses up no fault: `refuse` then counts the
    /// connections of calls only. See ``DemoServer/healthAddress``.
    public var sparesHealth: Bool

    public init(
        host: String = "127.0.0.1", port: Int = 0, grpcPort: Int = 0, behaviour: Behaviour = .guide, greetings: Int = 3,
        thinkTime: Duration = .zero, pingInterval: Duration = .seconds(15), idleTimeout: Duration = .seconds(5),
        faults: DemoFaults = DemoFaults(), latency: DemoFaults.Delay? = nil, seed: UInt64? = nil,
        sparesHealth: Bool = false
    ) {
        precondition(greetings >= 1, "a server stream has at least one greeting")
        self.host = host
        self.port = port
        self.grpcPort = grpcPort
        self.behaviour = behaviour
        self.greetings = greetings
        self.thinkTime = thinkTime
        self.pingInterval = pingInterval
        self.idleTimeout = idleTimeout
        self.faults = faults
        self.latency = latency
        self.seed = seed
        self.sparesHealth = sparesHealth
    }

    /// Which of the two known servers of the dialect is imitated on the WebSocket routes.
    public enum Behaviour: String, Hashable, Sendable, CaseIterable {
        /// Honours the end-of-stream marker: one reply to a client stream, then `complete` and CLOSE.
        case guide
        /// Answers every message, the marker included, and never closes.
        case perMessage = "per-message"
    }
}
