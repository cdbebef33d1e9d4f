public import RPCCore

/// What a ``GatewayTransport`` must know beside the server's address.
public struct GatewayConfiguration: Hashable, Sendable {
    /// The routes of the dialect, below the address's base path.
    public var routes: GatewayRoutes
    /// How the end of the requests is told to the server on a WebSocket.
    public var endOfStream: EndOfStreamSignal
    /// How long a WebSocket that may be finished must be quiet before the call is taken to be over.
    public var quietTime: Duration
    /// How long resolving, connecting, TLS and the WebSocket upgrade may take together.
    public var connectTimeout: Duration
    /// How long the server may take to answer our CLOSE before the connection is closed without it.
    public var closeTimeout: Duration
    /// After how much silence a keep-alive ping is sent on a connection in use: of WebSocket, and otherwise TCP's own
    /// keep-alive otherwise; `nil` for never.
    public var keepAlive: Duration?
    /// How long its answer may take before the connection counts as lost; at most half of ``keepAlive``.
    public var keepAliveTimeout: Duration
    /// The longest message that is accepted, in bytes.
    public var maximumMessageSize: Int
    public var tls: TLSOptions
    /// What connections go through.
    public var proxies: ProxySettings
    /// Sent as `Authorization: Bearer`. Never over plain text to anything but loopback, unless ``allowsPlaintextToken``.
    public var token: Secret?
    public var allowsPlaintextToken: Bool
    /// Headers of every request, the WebSocket handshake included.
    public var headers: [MetadataEntry]
    /// The subprotocols that are offered for a WebSocket, the preferred first (RFC 6455, 1.9): tokens of RFC 9110, each once.
    public var subprotocols: [String]
    /// Where the choice of a WebSocket's key (RFC 6455, 4.1) begins, for runs that are to be alike; `nil` for true chance.
    public var seed: UInt64?

    public init(
        routes: GatewayRoutes = GatewayRoutes(), endOfStream: EndOfStreamSignal = .marker,
        quietTime: Duration = .milliseconds(800), connectTimeout: Duration = .seconds(10),
        closeTimeout: Duration = .milliseconds(500), keepAlive: Duration? = nil,
        keepAliveTimeout: Duration = .seconds(20), maximumMessageSize: Int = 16 * 1024 * 1024,
        tls: TLSOptions = TLSOptions(), proxies: ProxySettings = ProxySettings(), token: Secret? = nil,
        allowsPlaintextToken: Bool = false, headers: [MetadataEntry] = [], subprotocols: [String] = [],
        seed: UInt64? = nil
    ) {
        self.routes = routes
        self.endOfStream = endOfStream
        self.quietTime = quietTime
        self.connectTimeout = connectTimeout
        self.closeTimeout = closeTimeout
        self.keepAlive = keepAlive
        self.keepAliveTimeout = keepAliveTimeout
        self.maximumMessageSize = maximumMessageSize
        self.tls = tls
        self.proxies = proxies
        self.token = token
        self.allowsPlaintextToken = allowsPlaintextToken
        self.headers = headers
        self.subprotocols = subprotocols
        self.seed = seed
    }
}

/// The paths of the gateway dialect.
public struct GatewayRoutes: Hashable, Sendable {
    public var unary = "/v1/helloworld"
    public var serverStream = "/v1/helloworld/stream"
    public var clientStream = "/v1/helloworld/client_stream"
    public var bidirectional = "/v1/helloworld/ws"
    public var health = "/health"

    public init() {}

    /// The route of a kind of call.
    public subscript(kind: CallKind) -> String {
        get {
            switch kind {
            case .unary: unary
            case .serverStream: serverStream
            case .clientStream: clientStream
            case .bidirectional: bidirectional
            }
        }
        set {
            switch kind {
            case .unary: unary = newValue
            case .serverStream: serverStream = newValue
            case .clientStream: clientStream = newValue
            case .bidirectional: bidirectional = newValue
            }
        }
    }
}

/// How a client that streams over a WebSocket says that it has sent its last request.
public enum EndOfStreamSignal: String, Hashable, Sendable, CaseIterable {
    /// The message `{"__end_stream__": true}`.
    case marker
    /// A CLOSE frame with code 1000. Loses the replies that are still outstanding on many servers.
    case close
    /// Nothing: the server is left to find out.
    case nothing = "none"
}
