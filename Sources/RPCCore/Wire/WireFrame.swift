/// A frame of HTTP/2 (RFC 9113, 4.1).
public struct WireFrame: Hashable, Sendable {
    public var type: UInt8
    public var flags: UInt8
    /// Of the payload, in bytes; of a header block with those of its CONTINUATION frames.
    public var length: Int
    public var content: Content

    public init(type: UInt8, flags: UInt8, length: Int, content: Content = .none) {
        self.type = type
        self.flags = flags
        self.length = length
        self.content = content
    }

    /// What a frame says, as far as it was read.
    public enum Content: Hashable, Sendable {
        case none
        /// The fields of a header block, and its size before HPACK, as SETTINGS_MAX_HEADER_LIST_SIZE counts (6.5.2).
        case headers([MetadataEntry], size: Int)
        case settings([WireSetting])
        /// How much more may be sent, and how much that is after it.
        case window(increment: Int, now: Int)
        case goAway(code: UInt32, lastStream: Int, text: String)
        case reset(code: UInt32)
    }

    /// The name of the type: `HEADERS`, or `0x2A` for one that the specification does not know.
    public var name: String { Self.name(ofType: type) }

    /// The names of the flags that are set (RFC 9113, 6); those without a name as one number.
    public var flagNames: [String] {
        let known = Self.flags(ofType: type).filter { flags & $0.bit != 0 }
        let rest = known.reduce(flags) { $0 & ~$1.bit }
        return known.map(\.name) + (rest == 0 ? [] : ["0x" + String(rest, radix: 16)])
    }

    static func name(ofType type: UInt8) -> String {
        names.indices.contains(Int(type)) ? names[Int(type)] : "0x" + String(type, radix: 16, uppercase: true)
    }

    private static let names = [
        "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
        "CONTINUATION",
    ]

    private static func flags(ofType type: UInt8) -> [(bit: UInt8, name: String)] {
        switch type {
        case 0: [(1, "END_STREAM"), (8, "PADDED")]
        case 1: [(1, "END_STREAM"), (4, "END_HEADERS"), (8, "PADDED"), (0x20, "PRIORITY")]
        case 4, 6: [(1, "ACK")]
        case 5: [(4, "END_HEADERS"), (8, "PADDED")]
        case 9: [(4, "END_HEADERS")]
        default: []
        }
    }

    /// The name of an error code (RFC 9113, 7); the number of one that the specification does not know.
    public static func name(ofCode code: UInt32) -> String {
        codes.indices.contains(Int(code)) ? codes[Int(code)] : String(code)
    }

    private static let codes = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]
}

/// One parameter of a SETTINGS frame (RFC 9113, 6.5.1).
public struct WireSetting: Hashable, Sendable {
    public var identifier: UInt16
    public var value: UInt32

    public init(_ identifier: UInt16, _ value: UInt32) {
        self.identifier = identifier
        self.value = value
    }

    /// `INITIAL_WINDOW_SIZE`, or `0x2a`.
    public var name: String { Self.names[identifier] ?? "0x" + String(identifier, radix: 16) }

    public static let maximumConcurrentStreams: UInt16 = 3
    public static let initialWindowSize: UInt16 = 4
    public static let maximumHeaderListSize: UInt16 = 6

    private static let names: [UInt16: String] = [
        1: "HEADER_TABLE_SIZE", 2: "ENABLE_PUSH", 3: "MAX_CONCURRENT_STREAMS", 4: "INITIAL_WINDOW_SIZE",
        5: "MAX_FRAME_SIZE", 6: "MAX_HEADER_LIST_SIZE", 8: "ENABLE_CONNECT_PROTOCOL", 9: "NO_RFC7540_PRIORITIES",
    ]
}

/// DATA frames of one stream that followed each other in one read, or in one write.
public struct WireData: Hashable, Sendable {
    /// How many frames there were, one at least.
    public var frames: Int
    /// Bytes of their payloads.
    public var bytes: Int
    public var endsStream: Bool
    /// What may be sent, or be received, on the stream and on the connection after them; `nil` where the stream is over.
    public var streamWindow: Int?
    public var connectionWindow: Int

    public init(frames: Int, bytes: Int, endsStream: Bool, streamWindow: Int?, connectionWindow: Int) {
        self.frames = frames
        self.bytes = bytes
        self.endsStream = endsStream
        self.streamWindow = streamWindow
        self.connectionWindow = connectionWindow
    }
}

/// How an HTTP/2 connection stands at a moment.
public struct WireStanding: Hashable, Sendable {
    public struct Stream: Hashable, Sendable {
        public var id: Int
        /// Bytes that may be sent now, and that the peer may send.
        public var sendWindow: Int
        public var receiveWindow: Int
        /// Bytes that wait to be put into frames.
        public var queued: Int

        public init(id: Int, sendWindow: Int, receiveWindow: Int, queued: Int) {
            self.id = id
            self.sendWindow = sendWindow
            self.receiveWindow = receiveWindow
            self.queued = queued
        }
    }

    public var sendWindow: Int
    public var receiveWindow: Int
    /// The newest, at most ``streamLimit``.
    public var streams: [Stream]
    /// What the peer has set, and what this side has.
    public var settings: [WireSetting]
    public var ownSettings: [WireSetting]

    public static let streamLimit = 100

    public init(
        sendWindow: Int, receiveWindow: Int, streams: [Stream], settings: [WireSetting], ownSettings: [WireSetting]
    ) {
        self.sendWindow = sendWindow
        self.receiveWindow = receiveWindow
        self.streams = streams
        self.settings = settings
        self.ownSettings = ownSettings
    }
}
