import RPCCore

/// The ways in which a demo server is to fail. None, unless ordered.
///
/// Whatever comes before a fault is served as ever: a stream that fails after three requests has answered three.
public struct DemoFaults: Hashable, Sendable {
    /// The greatest number that a fault may be ordered with.
    public static let numberLimit = 1_000_000_000
    /// The largest window of a stream that can be ordered, which is the largest that there is (RFC 9113, 6.9.1).
    public static let windowLimit = 0x7FFF_FFFF
    /// The most bytes of metadata that can be ordered.
    public static let metadataLimit = 16_000_000

    /// How many connections are reset, counted from the start of the server.
    public var refuse: Int?
    /// After how many requests of a client or bidirectional stream, or events of a server stream, the connection is
    /// cut. The first stream to get there is cut, and no other.
    public var dropAfter: Int?
    /// The close code (RFC 6455, 7.4) with which a stream ends after its first request.
    public var close: UInt16?
    /// The error code (RFC 9113, 7) with which a gRPC stream is reset after its first request.
    public var reset: UInt32?
    /// Which gRPC call is answered with GOAWAY and the end of its connection.
    public var goAway: GoAway?
    /// How many bytes a gRPC client may send ahead on a stream.
    public var window: Int?
    /// Whether gRPC clients are sent PINGs without end.
    public var floodsWithPings = false
    /// Whether the header block of a gRPC answer, and the replies behind it, are held back until the answer is complete.
    public var sendsHeadersLate = false
    /// Whether the status of every gRPC call is no number.
    public var spoilsTrailers = false
    /// Bytes of metadata, at the beginning of every gRPC answer, that nobody has asked for.
    public var metadataSize: Int?
    /// What answers every HTTP request and every handshake but those of `/health`.
    public var status: Status?
    /// Whether calls are accepted and never answered.
    public var stalls = false
    /// How late replies are.
    public var delay: Delay?
    /// Every which reply is broken JSON, counted over the whole run.
    public var malformed: Int?
    /// Whether a CLOSE is never answered, and a connection never closed after one.
    public var neverCloses = false
    /// After how many requests of a stream, or events of a server stream, the service fails.
    public var error: Int?

    public init() {}

    /// An HTTP status, and when to come again.
    public struct Status: Hashable, Sendable {
        public var code: Int
        /// In seconds (RFC 9110, 10.2.3).
        public var retryAfter: Int?

        public init(code: Int, retryAfter: Int? = nil) {
            self.code = code
            self.retryAfter = retryAfter
        }
    }

    /// The error code of a GOAWAY (RFC 9113, 6.8), and which call is answered with it, counted over the whole run.
    public struct GoAway: Hashable, Sendable {
        public var code: UInt32
        public var call: Int

        public init(code: UInt32, call: Int = 1) {
            self.code = code
            self.call = call
        }
    }

    /// A time, and by how much it varies: evenly from `time - jitter` to `time + jitter`.
    public struct Delay: Hashable, Sendable {
        public var time: Duration
        public var jitter: Duration

        public init(time: Duration, jitter: Duration = .zero) {
            self.time = time
            self.jitter = jitter
        }

        /// The longest that it can be.
        var maximum: Duration { time + jitter }
    }
}

extension DemoFaults {
    /// Reads orders such as `refuse=2`, `status=503,retry-after=2`, `delay=100ms~50ms` and `stall`.
    /// - Throws: ``DemoFaultError`` for the first that is none, or that was there before.
    public init(parsing orders: [String]) throws(DemoFaultError) {
        self.init()
        var seen: Set<DemoFault> = []
        for order in orders {
            let parts = order.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard let fault = DemoFault(name: name) else {
                throw DemoFaultError(.unknown(name: name, nearest: .nearest(to: name)))
            }
            guard seen.insert(fault).inserted else { throw DemoFaultError(.repeated(fault)) }
            let value = parts.count > 1 ? String(parts[1]) : nil
            guard set(fault, to: value) else { throw DemoFaultError(.value(value, of: fault)) }
        }
    }

    /// - Returns: whether the value is one of the fault's.
    private mutating func set(_ fault: DemoFault, to value: String?) -> Bool {
        switch fault {
        case .stall: return turnOn(\.stalls, value)
        case .noClose: return turnOn(\.neverCloses, value)
        case .pingFlood: return turnOn(\.floodsWithPings, value)
        case .lateHeaders: return turnOn(\.sendsHeadersLate, value)
        case .badTrailers: return turnOn(\.spoilsTrailers, value)
        case .refuse: return assign(Self.count(value), to: \.refuse)
        case .dropAfter: return assign(Self.count(value), to: \.dropAfter)
        case .malformed: return assign(Self.count(value), to: \.malformed)
        case .error: return assign(Self.count(value), to: \.error)
        case .close: return assign(Self.closeCode(value), to: \.close)
        case .reset: return assign(value.flatMap(Self.errorCode), to: \.reset)
        case .goAway: return assign(GoAway(text: value ?? ""), to: \.goAway)
        case .window: return assign(value.flatMap { Self.number($0, in: 0...Self.windowLimit) }, to: \.window)
        case .bigMetadata:
            return assign(value.flatMap { Self.number($0, in: 1...Self.metadataLimit) }, to: \.metadataSize)
        case .status: return assign(Status(text: value ?? ""), to: \.status)
        case .delay: return assign(Delay(text: value ?? ""), to: \.delay)
        }
    }

    private mutating func assign<Value>(_ value: Value?, to place: WritableKeyPath<Self, Value?>) -> Bool {
        self[keyPath: place] = value
        return value != nil
    }

    /// For a fault without a value.
    private mutating func turnOn(_ place: WritableKeyPath<Self, Bool>, _ value: String?) -> Bool {
        self[keyPath: place] = true
        return value == nil
    }

    private static func count(_ value: String?) -> Int? {
        value.flatMap { number($0, in: 1...numberLimit) }
    }

    private static func closeCode(_ value: String?) -> UInt16? {
        let ranges = [1000...1003, 1007...1014, 3000...4999]
        return value.flatMap { number($0, in: 1000...4999) }
            .flatMap { code in ranges.contains { $0.contains(code) } ? UInt16(code) : nil }
    }

    /// An error code of HTTP/2 (RFC 9113, 7).
    fileprivate static func errorCode(_ text: some StringProtocol) -> UInt32? {
        number(text, in: 0...13).map { UInt32($0) }
    }

    /// Digits only: no sign, no spaces.
    fileprivate static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
}

extension DemoFaults.Status {
    fileprivate init?(text: String) {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let code = DemoFaults.number(first, in: 400...599) else { return nil }
        self.init(code: code)
        guard parts.count > 1 else { return }
        let key = "retry-after="
        guard parts[1].hasPrefix(key),
            let seconds = DemoFaults.number(parts[1].dropFirst(key.count), in: 0...DemoFaults.numberLimit)
        else { return nil }
        retryAfter = seconds
    }
}

extension DemoFaults.GoAway {
    fileprivate init?(text: String) {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let code = DemoFaults.errorCode(first) else { return nil }
        self.init(code: code)
        guard parts.count > 1 else { return }
        let key = "call="
        guard parts[1].hasPrefix(key),
            let call = DemoFaults.number(parts[1].dropFirst(key.count), in: 1...DemoFaults.numberLimit)
        else { return nil }
        self.call = call
    }
}

extension DemoFaults.Delay {
    fileprivate init?(text: String) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let time = Duration(text: first) else { return nil }
        self.init(time: time)
        guard parts.count > 1 else { return }
        guard let jitter = Duration(text: parts[1]), jitter <= time else { return nil }
        self.jitter = jitter
    }
}
