import RPCCore
import Testing

/// A fault, and a kind of call that meets it.
struct FaultCase: Sendable, Codable, CustomTestStringConvertible {
    var order: String
    var kind: CallKind

    var testDescription: String { "\(order), \(kind.title)" }

    static let orders = [
        "refuse=2", "drop-after=2", "close=1008", "close=1012", "status=404", "status=503", "stall", "delay=20ms~10ms",
        "malformed=1", "no-close", "error=2",
    ]

    static let all = orders.flatMap { order in CallKind.allCases.map { FaultCase(order: order, kind: $0) } }

    /// Whether only the deadline ends the call.
    var isSilent: Bool { order == "stall" }

    /// A connection may be reset before or after a request was written to it, which nobody can foresee: without leave to
    /// repeat the request, what a user sees would depend on it.
    var repeatsPost: Bool { order == "refuse=2" }
}
