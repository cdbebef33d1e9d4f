/// Why a call failed, in words a person can act on.
public struct CallError: Error, Hashable, Sendable {
    /// The status code of the call.
    public var code: StatusCode
    /// What went wrong, as one sentence without a full stop. May quote the server: not yet made safe for a terminal.
    public var cause: String
    /// What to try, as one sentence without a full stop.
    public var advice: String?
    /// Where it arose.
    public var origin: Origin
    /// Whether the call can be made again without doing anything twice.
    public var isSafeToRetry: Bool
    /// The code of the CLOSE frame that ended the call, where one did (RFC 6455, 7.4).
    public var closeCode: Int?
    /// How long the server asks to wait before another attempt (`Retry-After`, SSE `retry:`), in seconds.
    public var retryAfter: Duration?
    /// What was delivered until then.
    public var delivery: Delivery

    public init(
        _ code: StatusCode, _ cause: String, at origin: Origin, advice: String? = nil, isSafeToRetry: Bool = false,
        closeCode: Int? = nil, retryAfter: Duration? = nil, delivery: Delivery = Delivery()
    ) {
        self.code = code
        self.cause = cause
        self.advice = advice
        self.origin = origin
        self.isSafeToRetry = isSafeToRetry
        self.closeCode = closeCode
        self.retryAfter = retryAfter
        self.delivery = delivery
    }

    /// The stage of a call at which an error arose.
    public enum Origin: String, Hashable, Sendable, CaseIterable {
        /// The plan could not make its next request.
        case plan
        case resolve
        case connect
        case tls = "TLS"
        case upgrade
        case send
        case receive
        case decode
        case deadline
        /// The server said so.
        case server
        /// The person, or the program, ended the call.
        case cancellation
    }
}

extension CallError: CustomStringConvertible {
    public var description: String { "\(code.name) at \(origin.rawValue): \(cause)" }
}
