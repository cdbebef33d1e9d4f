public import RPCCore

/// What a ``GRPCTransport`` must know beside the server's address.
public struct GRPCConfiguration: Hashable, Sendable {
    /// The methods that are called instead of the usual ones, by the kind of call: `helloworld.Greeter/SayHello`. Where none is
    /// chosen, and the server does not know the usual one, it is called by its other name; see ``MethodRef/otherName``.
    public var methods: [CallKind: String]
    /// How long resolving, connecting, TLS and the beginning of HTTP/2 may take together.
    public var connectTimeout: Duration
    /// How long connections may take to end in order; and, where the plan breaks off, how long replies that are on
    /// their way are waited for.
    public var closeTimeout: Duration
    /// The longest message that is accepted, in bytes.
    public var maximumMessageSize: Int
    /// The largest header block of a server that is accepted, in the bytes of SETTINGS_MAX_HEADER_LIST_SIZE: names, values, and
    /// 32 bytes a field (RFC 9113, 6.5.2).
    public var maximumMetadataSize: Int
    /// How calls are spread over the addresses of the host.
    public var loadBalancing: GRPCLoadBalancing
    /// After how long a silence a keep-alive PING is sent on a connection with calls on it; `nil` for never. Servers end
    /// connections that ask more often than every five minutes, unless they are told otherwise.
    public var keepAlive: Duration?
    /// How long its answer may take before the connection counts as lost; at most half of ``keepAlive``.
    public var keepAliveTimeout: Duration
    /// Whether requests are compressed with gzip. Compressed replies are always understood.
    public var usesCompression: Bool
    public var tls: TLSOptions
    /// What connections go through.
    public var proxies: ProxySettings
    /// Sent as `authorization: Bearer`. Never over plain text to anything but loopback, unless ``allowsPlaintextToken``.
    public var token: Secret?
    public var allowsPlaintextToken: Bool
    /// Metadata of every call.
    public var metadata: [MetadataEntry]

    public init(
        methods: [CallKind: String] = [:], connectTimeout: Duration = .seconds(10),
        closeTimeout: Duration = .milliseconds(500), maximumMessageSize: Int = 16 * 1024 * 1024,
        maximumMetadataSize: Int = 16 * 1024, loadBalancing: GRPCLoadBalancing = .pickFirst,
        keepAlive: Duration? = .seconds(300),
        keepAliveTimeout: Duration = .seconds(20), usesCompression: Bool = false, tls: TLSOptions = TLSOptions(),
        proxies: ProxySettings = ProxySettings(), token: Secret? = nil,
        allowsPlaintextToken: Bool = false, metadata: [MetadataEntry] = []
    ) {
        self.methods = methods
        self.connectTimeout = connectTimeout
        self.closeTimeout = closeTimeout
        self.maximumMessageSize = maximumMessageSize
        self.maximumMetadataSize = maximumMetadataSize
        self.loadBalancing = loadBalancing
        self.keepAlive = keepAlive
        self.keepAliveTimeout = keepAliveTimeout
        self.usesCompression = usesCompression
        self.tls = tls
        self.proxies = proxies
        self.token = token
        self.allowsPlaintextToken = allowsPlaintextToken
        self.metadata = metadata
    }
}

/// How calls are spread over the addresses that a host name stands for.
public enum GRPCLoadBalancing: String, Hashable, Sendable, CaseIterable {
    /// All go to the first address that can be reached.
    case pickFirst = "pick-first"
    /// Each goes to the next address; there is a connection to every one.
    case roundRobin = "round-robin"
}
