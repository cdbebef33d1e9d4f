/// Something that travelled on a connection, or happened to it.
public struct WireRecord: Hashable, Sendable {
    /// When it was, as ``CallClock/now``.
    public var time: Duration
    /// The connection, counted from 1 over all that the tap has seen; `nil` where it is not known which of several it was.
    public var connection: Int?
    /// `nil` for what has no direction.
    public var direction: Direction?
    /// The stream of HTTP/2; `nil` where the connection as a whole is meant.
    public var stream: Int?
    public var fact: WireFact

    public init(
        time: Duration, connection: Int?, direction: Direction? = nil, stream: Int? = nil, fact: WireFact
    ) {
        self.time = time
        self.connection = connection
        self.direction = direction
        self.stream = stream
        self.fact = fact
    }
}

/// What happened on the wire, whatever carries the call.
public enum WireFact: Hashable, Sendable {
    /// A connection is there, or was when somebody began to listen.
    case connected(WireConnection)
    case closed(reason: String)
    /// A rule of the protocol was broken, in the words of whoever noticed.
    case violation(String)
    /// Messages of the call that were put into frames, or taken out of them, at once.
    case messages(WireMessages)

    // HTTP/2 (RFC 9113)
    /// A frame, but for DATA.
    case frame(WireFrame)
    case data(WireData)
    /// How a connection stood when somebody began to listen.
    case standing(WireStanding)
    /// Bytes of a stream wait from now on, and for what.
    case stallBegan(WireStall, bytes: Int)
    /// Some of them have left.
    case stallEnded(WireStall, after: Duration)
    /// Streams that wait for others to end, since the peer allows only so many at once.
    case queued(waiting: Int, limit: Int)
    /// How long the answer to a PING of this side took.
    case roundTrip(Duration)
    /// A stream is closed on both sides.
    case streamClosed

    // WebSocket (RFC 6455)
    case webSocket(WebSocketRun)

    // HTTP/1.1 (RFC 9112)
    case request(method: String, target: String, fields: [MetadataEntry])
    case response(status: Int, reason: String, fields: [MetadataEntry])
    /// A piece of a body, as the socket gave or took it.
    case body(bytes: Int)
    /// A server-sent event, with the bytes of its data.
    case event(type: String, id: String?, bytes: Int)
}

/// A connection that is open.
public struct WireConnection: Hashable, Sendable {
    /// What it leads to: `127.0.0.1:50051`, or the path of a socket.
    public var address: String
    /// The version of TLS: `TLS 1.3`; `nil` for plain text.
    public var tls: String?
    /// What ALPN has chosen (RFC 7301): `h2`; `nil` where it has chosen nothing.
    public var alpn: String?
    /// Whether it was there already when somebody began to listen.
    public var wasOpen: Bool

    public init(address: String, tls: String? = nil, alpn: String? = nil, wasOpen: Bool = false) {
        self.address = address
        self.tls = tls
        self.alpn = alpn
        self.wasOpen = wasOpen
    }
}

/// Messages of a call that went together.
public struct WireMessages: Hashable, Sendable {
    /// The number of the first in its direction of the call, counted from 1.
    public var first: Int
    public var count: Int
    /// Bytes of their payloads, uncompressed.
    public var bytes: Int
    /// The same as they travelled.
    public var encodedBytes: Int

    public init(first: Int, count: Int, bytes: Int, encodedBytes: Int) {
        self.first = first
        self.count = count
        self.bytes = bytes
        self.encodedBytes = encodedBytes
    }
}

/// Why bytes of a stream wait to be sent.
public enum WireStall: String, Hashable, Sendable {
    /// The peer gives the stream no window: it does not consume what it has.
    case streamWindow = "stream_window"
    /// The peer gives the connection no window.
    case connectionWindow = "connection_window"
    /// The socket is full: the network or the peer's machine is slow.
    case socket
}

/// Frames of a WebSocket that followed each other in one read or write and differ in nothing but length.
public struct WebSocketRun: Hashable, Sendable {
    /// RFC 6455, 5.2: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    public var opcode: UInt8
    /// Whether the frame ends its message.
    public var isFinal: Bool
    public var isMasked: Bool
    /// How many frames there were, one at least.
    public var frames: Int
    /// Bytes of their payloads.
    public var bytes: Int
    /// The code of a CLOSE frame that has one, and its reason.
    public var closeCode: Int?
    public var reason: String?

    public init(
        opcode: UInt8, isFinal: Bool = true, isMasked: Bool, frames: Int = 1, bytes: Int, closeCode: Int? = nil,
        reason: String? = nil
    ) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.isMasked = isMasked
        self.frames = frames
        self.bytes = bytes
        self.closeCode = closeCode
        self.reason = reason
    }

    /// The name of the opcode: `text`.
    public var name: String {
        switch opcode {
        case 0: "continuation"
        case 1: "text"
        case 2: "binary"
        case 8: "close"
        case 9: "ping"
        case 10: "pong"
        default: "opcode \(opcode)"
        }
    }

    /// Whether a frame of the other one could have stood in this one.
    public func isLike(_ other: WebSocketRun) -> Bool {
        opcode == other.opcode && isFinal == other.isFinal && isMasked == other.isMasked && opcode < 8
    }
}
