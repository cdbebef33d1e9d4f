import GreeterCore

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
    case reset
    case goAway = "goaway"

    /// How the fault is written, with a word for its value: `refuse=N`.
    public var form: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error, .goAway: "\(rawValue)=N"
        case .close, .reset: "\(rawValue)=CODE"
        case .status: "status=S[,retry-after=SECONDS]"
        case .delay: "delay=TIME[~JITTER]"
        case .stall, .noClose: rawValue
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
        case .goAway: "the Nth gRPC call and its connection end with GOAWAY"
        }
    }

    /// Whether it is ordered with a value.
    public var hasValue: Bool { self != .stall && self != .noClose }

    /// What its value must be, in half a sentence.
    public var expectation: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error, .goAway: "a whole number from 1 to \(DemoFaults.numberLimit)"
        case .close: "a code of 1000 to 1003, 1007 to 1014, or 3000 to 4999"
        case .reset: "an error code of HTTP/2, 0 to 13"
        case .status: "400 to 599, alone or as in 503,retry-after=2"
        case .delay: "a time, alone or with a smaller jitter as in 100ms~50ms"
        case .stall, .noClose: "nothing: it has no value"
        }
    }

    /// The fault whose name takes the fewest edits to come from this one.
    static func nearest(to name: some StringProtocol) -> DemoFault {
        NearestName.of(name, among: allCases.map(\.rawValue)).flatMap(DemoFault.init) ?? .refuse
    }
}
