public import RPCCore

/// A way for the demo server to fail when it is asked to, by its name on the command line.
public enum DemoFault: String, Hashable, Sendable, CaseIterable {
    case refuse
    case dropAfter = "drop-after"
    case close
    case status
    case stall
    case delay
    case malformed
    case noClose = "no-close"
    case error
    case reset = "rst"
    case goAway = "goaway"
    case window
    case pingFlood = "ping-flood"
    case lateHeaders = "late-headers"
    case badTrailers = "bad-trailers"
    case bigMetadata = "big-metadata"

    /// Finds a fault by its name, or by one that it had.
    init?(name: String) {
        self.init(rawValue: name == "reset" ? Self.reset.rawValue : name)
    }

    /// How the fault is written, with a word for its value: `refuse=N`.
    public var form: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error, .window, .bigMetadata: "\(rawValue)=N"
        case .close, .reset: "\(rawValue)=CODE"
        case .goAway: "\(rawValue)=CODE[,call=N]"
        case .status: "status=S[,retry-after=SECONDS]"
        case .delay: "delay=TIME[~JITTER]"
        case .stall, .noClose, .pingFlood, .lateHeaders, .badTrailers: rawValue
        }
    }

    /// What the fault does, in one line.
    public var meaning: String {
        switch self {
        case .refuse: "the first N connections are reset at once"
        case .dropAfter: "one stream is cut without a CLOSE after N messages"
        case .close: "streams are closed with this code after one request"
        case .status: "all but /health is answered with this HTTP status"
        case .stall: "calls are accepted and never answered"
        case .delay: "replies come later, give or take the jitter"
        case .malformed: "every Nth reply is broken"
        case .noClose: "the close handshake is never finished"
        case .error: "streams fail after N messages, unary calls always"
        case .reset: "gRPC streams are reset with this code after one request"
        case .goAway: "one gRPC call and its connection end with GOAWAY"
        case .window: "gRPC clients may send N bytes ahead on a stream"
        case .pingFlood: "gRPC clients are sent PINGs without end"
        case .lateHeaders: "gRPC answers begin only when they are complete"
        case .badTrailers: "the status of gRPC calls is no number"
        case .bigMetadata: "gRPC answers begin with N bytes of metadata"
        }
    }

    /// The only dialect in which it means something; `nil` where it does in both.
    public var dialect: ServerAddress.Dialect? {
        switch self {
        case .close, .noClose: .gateway
        case .reset, .goAway, .window, .pingFlood, .lateHeaders, .badTrailers, .bigMetadata: .grpc
        case .refuse, .dropAfter, .status, .stall, .delay, .malformed, .error: nil
        }
    }

    /// The fault that an order is of; `nil` where it is of none.
    public init?(order: String) {
        self.init(name: String(order.prefix { $0 != "=" }))
    }

    /// Whether it is ordered with a value.
    public var hasValue: Bool { form != rawValue }

    /// What its value must be, in half a sentence.
    public var expectation: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error: "a whole number from 1 to \(DemoFaults.numberLimit)"
        case .close: "a code of 1000 to 1003, 1007 to 1014, or 3000 to 4999"
        case .reset: "an error code of HTTP/2, 0 to 13"
        case .status: "400 to 599, alone or as in 503,retry-after=2"
        case .delay: "a time, alone or with a smaller jitter as in 100ms~50ms"
        case .goAway: "an error code of HTTP/2, 0 to 13, alone or as in 11,call=3"
        case .window: "a whole number from 0 to \(DemoFaults.windowLimit)"
        case .bigMetadata: "a whole number from 1 to \(DemoFaults.metadataLimit)"
        case .stall, .noClose, .pingFlood, .lateHeaders, .badTrailers: "nothing: it has no value"
        }
    }

    /// The fault whose name takes the fewest edits to come from this one.
    static func nearest(to name: some StringProtocol) -> DemoFault {
        NearestName.of(name, among: allCases.map(\.rawValue)).flatMap(DemoFault.init(rawValue:)) ?? .refuse
    }
}
