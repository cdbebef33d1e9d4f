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

    /// How the fault is written, with a word for its value: `refuse=N`.
    public var form: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error: "\(rawValue)=N"
        case .close: "close=CODE"
        case .status: "status=S[,retry-after=SECONDS]"
        case .delay: "delay=TIME[~JITTER]"
        case .stall, .noClose: rawValue
        }
    }

    /// What the fault does, in one line.
    public var meaning: String {
        switch self {
        case .refuse: "the first N connections are reset as soon as they are accepted"
        case .dropAfter: "one stream is cut without a CLOSE after N requests, or after N events; once"
        case .close: "a stream is closed with this close code after its first request"
        case .status: "every request and handshake but /health is answered with this HTTP status"
        case .stall: "calls are accepted and never answered"
        case .delay: "replies come after this time, plus or minus the jitter"
        case .malformed: "every Nth reply is broken JSON"
        case .noClose: "the close handshake of a stream is never finished"
        case .error: "a stream fails after N requests, or after N events; a unary call always"
        }
    }

    /// What its value must be, for messages.
    var expectation: String {
        switch self {
        case .refuse, .dropAfter, .malformed, .error: "a whole number from 1 to \(DemoFaults.numberLimit)"
        case .close: "a close code that may be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999"
        case .status: "a status from 400 to 599, alone or as in 503,retry-after=2"
        case .delay: "a time, alone or with a jitter no longer than it, as in 100ms~50ms"
        case .stall, .noClose: "nothing: it has no value"
        }
    }

    /// The fault whose name takes the fewest edits to come from this one.
    static func nearest(to name: some StringProtocol) -> DemoFault {
        NearestName.of(name, among: allCases.map(\.rawValue)).flatMap(DemoFault.init) ?? .refuse
    }
}
