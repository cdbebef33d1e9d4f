public import struct Foundation.Date

/// What happens in a call, in the order in which it happened. Messages come in batches.
public enum CallEvent: Hashable, Sendable {
    /// An attempt begins: name resolution and connecting come first.
    case attemptStarted(Attempt)
    /// The server has accepted the call: both directions are open.
    case opened(ConnectionInfo)
    /// Requests were handed to the socket. Comes before any reply to them.
    case sent([StreamMessage])
    /// Requests that an earlier attempt had sent were handed to the socket again: those with these numbers.
    case resent(ClosedRange<Int>, at: Duration)
    /// Replies were read.
    case received([StreamMessage])
    /// Every request up to this number is proven to be answered, or acknowledged by the result of the call.
    case acknowledged(upTo: Int)
    /// The rule by which the answers of a bidirectional stream belong to its requests is this from now on, for what has come as
    /// for what comes. Comes before the first message that shows it. What was acknowledged is corrected with it.
    case paired(Pairing)
    /// No more requests will come from us: the send direction is closed.
    case halfClosed(at: Duration)
    /// The server will send no more: the receive direction is closed.
    case serverFinished(at: Duration)
    /// An attempt is over and the call is not: another follows.
    case attemptEnded(CallError, at: Duration)
    /// Another attempt will be made.
    case retryScheduled(RetrySchedule)
    /// The server has answered a ping of ours, so long after it was sent.
    case pinged(roundTrip: Duration, at: Duration)
    /// A fact worth telling: a rule that was applied, a peculiarity of the server that was recognised.
    case notice(String)
    /// The call is over. Always the last event, exactly once.
    case ended(CallOutcome)
}

/// One try at a call.
public struct Attempt: Hashable, Sendable {
    /// Counted from 1.
    public var number: Int
    /// When it began, as ``CallClock/now``.
    public var start: Duration
    /// When it began, by the clock on the wall.
    public var wallTime: Date

    public init(number: Int = 1, start: Duration, wallTime: Date) {
        self.number = number
        self.start = start
        self.wallTime = wallTime
    }
}

/// When another attempt will be made, and why then.
public struct RetrySchedule: Hashable, Sendable {
    /// The attempt to come.
    public var attempt: Int
    /// How many attempts there may be.
    public var maximumAttempts: Int
    /// When it begins, as ``CallClock/now``, unless it is asked for before.
    public var start: Duration
    /// How long the wait is.
    public var delay: Duration
    /// The longest wait that the formula could have given.
    public var bound: Duration
    /// Where the delay came from: `random(0, 1s)`, `the server asked for it`.
    public var formula: String
    /// The number of the first request that it sends.
    public var firstRequest: Int
    /// How much retrying the server's throttle still allows.
    public var throttle: ThrottleLevel

    public init(
        attempt: Int, maximumAttempts: Int, start: Duration, delay: Duration, bound: Duration, formula: String,
        firstRequest: Int, throttle: ThrottleLevel
    ) {
        self.attempt = attempt
        self.maximumAttempts = maximumAttempts
        self.start = start
        self.delay = delay
        self.bound = bound
        self.formula = formula
        self.firstRequest = firstRequest
        self.throttle = throttle
    }
}

/// What is left in the bucket of tokens that limits retries.
public struct ThrottleLevel: Hashable, Sendable {
    public var tokens: Double
    public var maximum: Double

    public init(tokens: Double, maximum: Double) {
        self.tokens = tokens
        self.maximum = maximum
    }
}

extension ThrottleLevel: CustomStringConvertible {
    /// `9.0/10`.
    public var description: String {
        let tenths = Int(clamping: (tokens * 10).rounded(.down))
        return "\(tenths / 10).\(tenths % 10)/\(Int(clamping: maximum))"
    }
}

/// What is known of a connection once the server has accepted the call.
public struct ConnectionInfo: Hashable, Sendable {
    /// When it was accepted, as ``CallClock/now``.
    public var time: Duration
    /// The protocol in a word or two: `WebSocket`, `HTTP/1.1 SSE`.
    public var transport: String
    /// The route or method that is called: `/v1/helloworld/ws`.
    public var route: String
    /// Response headers or initial metadata. Credentials are masked when shown.
    public var metadata: [MetadataEntry]

    public init(time: Duration, transport: String, route: String, metadata: [MetadataEntry] = []) {
        self.time = time
        self.transport = transport
        self.route = route
        self.metadata = metadata
    }

    /// The subprotocol that the server of a WebSocket has chosen, if any (RFC 6455, 1.9).
    public var subprotocol: String? {
        metadata.first { $0.name.lowercased() == "sec-websocket-protocol" }?.value
    }
}

/// How a call ended.
public struct CallOutcome: Hashable, Sendable {
    /// Why it failed; `nil` when it succeeded.
    public var error: CallError?
    /// What was delivered.
    public var delivery: Delivery
    /// When it ended, as ``CallClock/now``.
    public var time: Duration
    /// Which side ended the call, and by which rule, in words: `the server closed the stream (1000)`.
    public var rule: String
    /// The number, among the replies, of the one that is the result of the call, where one is.
    public var result: Int?
    /// Trailers. Credentials are masked when shown.
    public var trailers: [MetadataEntry]
    /// How many attempts were made.
    public var attempts: Int

    public init(
        error: CallError? = nil, delivery: Delivery, time: Duration, rule: String, result: Int? = nil,
        trailers: [MetadataEntry] = [], attempts: Int = 1
    ) {
        self.error = error
        self.delivery = delivery
        self.time = time
        self.rule = rule
        self.result = result
        self.trailers = trailers
        self.attempts = attempts
    }

    /// The status code of the call.
    public var code: StatusCode { error?.code ?? .ok }

    /// The rule of a stream whose server gave no status before it ended: it was lost, reset, or broke the protocol.
    public static let endedWithoutStatus = "the stream ended without a status"

    /// Whether the server ended the call and said how, with a status, an error or a CLOSE frame. Otherwise the call was lost, or this side
    /// ended it.
    public var isEndedByServer: Bool {
        guard let error else { return true }
        return error.origin == .server && rule != Self.endedWithoutStatus
    }
}
