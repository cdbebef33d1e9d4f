import RPCCore
import TransportSupport

/// Decides when a call over a WebSocket is over, which reply answers what, and which reply is the result.
///
/// Two kinds of server are known. One honours the end marker: it says `complete` once and closes. The other answers
/// every message by itself, greets the marker as if it were a request, and never closes. A pure value: what happened goes in,
/// verdicts come out, and time is the caller's affair.
struct StreamEnding: Sendable {
    let kind: CallKind
    let signal: EndOfStreamSignal
    let quietTime: Duration

    /// Requests sent, the end marker not counted.
    private(set) var requests = 0
    /// Whether no more requests will come.
    private(set) var isHalfClosed = false
    /// Replies, greetings of the marker not counted.
    private(set) var replies = 0
    /// Requests that the server refused.
    private(set) var refusals = 0
    /// Greetings of the marker.
    var echoes = 0
    /// How often the server said `complete`.
    private(set) var completes = 0
    /// Whether the server of a client stream answers each message by itself.
    private(set) var isPerMessage = false
    /// What finds out which request of a bidirectional stream a reply answers; `nil` where the order of replies says nothing.
    private(set) var order: ReplyOrder?
    /// The number of the last reply that belongs to a request.
    private(set) var lastReply: Int?
    /// Every request up to this one is answered.
    private(set) var acknowledged = 0

    /// Replies of which nobody knows yet what they are, and whether they turned out to greet the marker.
    var held: [HeldReply] = []
    var isHeldEcho = false
    /// Whether silence has ended the call.
    var isEndedByQuiet = false

    private var namesDefault = false
    private(set) var hasBareReply = false
    private(set) var lastRefusal = ""
    private var hasIgnored = false
    private var notices: [String] = []

    init(kind: CallKind, signal: EndOfStreamSignal, quietTime: Duration, order: ReplyOrder?) {
        self.kind = kind
        self.signal = signal
        self.quietTime = quietTime
        self.order = order
    }

    /// What a reply is, and which request it answers, if any.
    enum Role: Hashable, Sendable {
        case reply(Answering)
        case markerEcho
    }

    /// Which request an answer belongs to: by its number, or by its place among the answers.
    struct Answering: Hashable, Sendable {
        var request: Int?
        var place: AnswerPlace?

        static let nothing = Answering()
    }
}

// What has happened.
extension StreamEnding {
    /// Requests are about to be sent.
    /// - Parameter afterPause: Whether nothing has come for as long as a server takes that owes something.
    mutating func sent(_ batch: some Sequence<Payload>, afterPause: Bool = false) {
        if afterPause { order?.paused(requests: requests) }
        for request in batch {
            requests += 1
            if !namesDefault { namesDefault = DefaultGreeting.isAskedFor(by: request) }
        }
    }

    /// The end of the requests is about to be told.
    mutating func halfClosed() {
        isHalfClosed = true
    }

    /// A reply has come.
    /// - Parameters:
    ///   - number: Its number among all received messages.
    ///   - isEnveloped: Whether it came in an envelope with a type, and `complete` may be expected from this server.
    mutating func replied(_ message: @autoclosure () -> String, number: Int, isEnveloped: Bool) -> Role {
        if kind == .clientStream && (!isHalfClosed || replies > 0) { recognisePerMessage() }
        if isMarkerEcho(message()) {
            echoes += 1
            if kind == .clientStream { recognisePerMessage() }
            return .markerEcho
        }
        _ = counted(number: number, isEnveloped: isEnveloped)
        guard kind == .bidirectional else { return .reply(Answering(request: answer())) }
        return .reply(Answering(place: order?.replied(number: number, requests: requests)))
    }

    /// Counts a reply that answers no request in particular.
    mutating func counted(number: Int, isEnveloped: Bool) -> Role {
        replies += 1
        lastReply = number
        if !isEnveloped { hasBareReply = true }
        return .reply(.nothing)
    }

    /// The server has refused one request and goes on.
    /// - Parameter number: The number of the refusal among all received messages.
    /// - Returns: which request it means, where that is known.
    mutating func refused(_ reason: String, number: Int) -> Answering {
        refusals += 1
        lastRefusal = reason
        guard kind == .bidirectional else { return Answering(request: answer()) }
        return Answering(place: order?.refused(number: number, requests: requests))
    }

    /// The call has come to a good end: what has come is all that was owed, unless the server has stopped listening.
    mutating func ended() {
        guard isHalfClosed else { return }
        order?.ended(requests: requests, isSaid: !isEndedByQuiet)
    }

    /// The rule of pairing, where it is another than was told before; and how far requests are answered by it.
    mutating func takePairing() -> Pairing? {
        guard let order else { return nil }
        acknowledged = order.answered
        return self.order?.takeChange()
    }

    mutating func completed() {
        completes += 1
        if kind == .clientStream && completes > 1 { recognisePerMessage() }
    }

    /// A message of a type that is not known has come.
    mutating func ignored(type: String) {
        if !hasIgnored { notices.append("messages of the unknown type \(Quote.beginning(of: type)) are ignored") }
        hasIgnored = true
    }

    /// What was recognised since the last time.
    mutating func takeNotices() -> [String] {
        defer { notices = [] }
        return notices + (order?.takeNotices() ?? [])
    }

    func isMarkerEcho(_ message: @autoclosure () -> String) -> Bool {
        guard isHalfClosed, signal == .marker else { return false }
        if isPerMessage && replies + refusals >= requests { return true }
        return !namesDefault && DefaultGreeting.matches(message())
    }

    private mutating func recognisePerMessage() {
        guard !isPerMessage else { return }
        isPerMessage = true
        acknowledged = max(acknowledged, min(requests, replies + refusals))
        notices.append("this server answers every message of a client stream by itself")
    }

    /// The request of a client stream that the newest reply or refusal answers: each has one, and they are taken in order.
    private mutating func answer() -> Int? {
        guard isPerMessage, replies + refusals <= requests else { return nil }
        acknowledged = replies + refusals
        return acknowledged
    }
}

/// How the services of the dialect greet a message without a name, the end marker for instance.
enum DefaultGreeting {
    private static let member = Array(#""name":"John Doe""#.utf8)

    /// Whether a request of ours names it.
    static func isAskedFor(by request: Payload) -> Bool {
        ByteSearch.position(of: member, in: request.bytes) != nil
    }

    /// Whether a reply greets the default name: the six greetings, and the second reply of a bidirectional stream.
    static func matches(_ message: String) -> Bool {
        greetings.contains(message)
    }

    private static let greetings: Set<String> = [
        "Hello, John Doe!", "你好，John Doe！", "¡Hola, John Doe!", "Bonjour, John Doe!", "Hallo, John Doe!",
        "こんにちは、John Doeさん！", "Processed greeting for John Doe",
    ]
}
