/// What the demo server is to be like.
public struct DemoServerConfiguration: Hashable, Sendable {
    /// The address to listen on. Loopback unless somebody means otherwise.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    public var behaviour: Behaviour

    public init(host: String = "127.0.0.1", port: Int = 0, behaviour: Behaviour = .guide) {
        self.host = host
        self.port = port
        self.behaviour = behaviour
    }

    /// Which of the two known servers of the dialect is imitated on the WebSocket routes.
    public enum Behaviour: String, Hashable, Sendable, CaseIterable {
        /// Honours the end-of-stream marker: one reply to a client stream, then `complete` and CLOSE.
        case guide
        /// Answers every message, the marker included, and never closes.
        case perMessage = "per-message"
    }
}
