/// Why a call failed, in words a user can act on.
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
    /// What the server asks for before another attempt; `nil` where it asks for nothing.
    public var pushback: Pushback?
    /// Whether the server itself has turned the call down, in so many words (HTTP 4xx, an error envelope): of what was sent
    /// and not answered, nothing is in doubt.
    public var isRefusal: Bool
    /// What came instead of text, where that is why.
    public var undecoded: UndecodedPayload?
    /// The identifier of the last event of a stream that broke off, where the server gives such: it can go on from there (WHATWG
    /// HTML, 9.2.4, "Last-Event-ID").
    public var lastEventID: String?
    /// What the server says of it beside its status.
    public var details: [StatusDetail] = []
    /// Whether it is a limit of this side that was met: another attempt would meet it, too. Transports say so to the retry layer; it
    /// is not recorded.
    public var isOwnLimit = false
    /// What was delivered until then.
    public var delivery: Delivery

    public init(
        _ code: StatusCode, _ cause: String, at origin: Origin, advice: String? = nil, isSafeToRetry: Bool = false,
        closeCode: Int? = nil, pushback: Pushback? = nil, isRefusal: Bool = false,
        undecoded: UndecodedPayload? = nil, lastEventID: String? = nil, delivery: Delivery = Delivery()
    ) {
        self.code = code
        self.cause = cause
        self.advice = advice
        self.origin = origin
        self.isSafeToRetry = isSafeToRetry
        self.closeCode = closeCode
        self.pushback = pushback
        self.isRefusal = isRefusal
        self.undecoded = undecoded
        self.lastEventID = lastEventID
        self.delivery = delivery
    }

    /// The stage of a call at which an error arose.
    public enum Origin: String, Hashable, Sendable, CaseIterable {
        /// The plan could not make its next request.
        case plan
        case resolve
        /// The proxy on the way to the server.
        case proxy
        case connect
        case tls = "TLS"
        case upgrade
        case send
        case receive
        case decode
        case deadline
        /// The server said so.
        case server
        /// The user, or the program, ended the call.
        case cancellation
    }
}

extension CallError: CustomStringConvertible {
    public var description: String { "\(code.name) at \(origin.rawValue): \(cause)" }

    /// The details of the status, a line each. Not yet made safe for a terminal.
    package var saidByServer: [String] { details.map { "the server says: \($0)" } }
}
