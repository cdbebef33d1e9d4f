/// A message of a call: a number, a time, a size, what it is in the call, and the payload.
public struct StreamMessage: Hashable, Sendable {
    /// Position in its direction of the call, counted from 1 over all attempts.
    public var number: Int
    /// When it was handed to the socket or read from it, as ``CallClock/now``.
    public var time: Duration
    /// Length of the payload on the wire, in bytes, without framing.
    public var size: Int
    /// How it travelled.
    public var form: Form
    /// What it is in the call.
    public var role: Role
    /// What travelled. Of a message from before payloads were kept, what is known to have been in it.
    public var payload: Payload
    /// For an answer that says itself which request it answers, or needs not: the number of the request. `nil` where it answers
    /// none or the whole call, and where ``place`` says which one it is.
    public var answers: Int?
    /// For an answer of a bidirectional stream: its place among them, from which ``Pairings`` know the request.
    public var place: AnswerPlace?

    /// - Parameter size: That of the payload, unless given.
    public init(
        number: Int, time: Duration, size: Int? = nil, form: Form, role: Role, payload: Payload, answers: Int? = nil,
        place: AnswerPlace? = nil
    ) {
        self.number = number
        self.time = time
        self.size = size ?? payload.bytes.count
        self.form = form
        self.role = role
        self.payload = payload
        self.answers = answers
        self.place = place
    }

    /// The unit of the wire that carried a message.
    public enum Form: String, Hashable, Sendable {
        case jsonBody = "JSON body"
        case serverSentEvent = "SSE event"
        case textFrame = "text frame"
        case grpcMessage = "gRPC message"
    }

    /// What a message is in its call.
    public enum Role: Hashable, Sendable {
        case request
        case response
        /// The server refused one request and went on with the call; the text is its reason.
        case rejection(String)
        /// It answers nothing that the user sent: what a server makes of an ``endMarker``, say.
        case noise(String)

        /// What tells a server of the end of the requests, and some take for one more.
        public static let endMarker = "end marker"

        /// The word for it in events and exports: `reply`. It is there for good.
        package var word: String {
            switch self {
            case .request: "request"
            case .response: "reply"
            case .rejection: "refusal"
            case .noise: Self.noiseWord
            }
        }

        private static let noiseWord = "marker_echo"

        /// - Parameters:
        ///   - word: See ``word``; `nil` for a request.
        ///   - reason: Of a refusal.
        init?(word: String?, reason: String?) {
            switch word {
            case nil: self = .request
            case "reply": self = .response
            case "refusal":
                guard let reason else { return nil }
                self = .rejection(reason)
            case Self.noiseWord: self = .noise(Self.endMarker)
            default: return nil
            }
        }
    }

    /// Whether the server says it to what the user has sent, be it a refusal. Noise is none, and counts nowhere.
    public var isReply: Bool {
        switch role {
        case .response, .rejection: true
        case .request, .noise: false
        }
    }

    /// Whether it is the refusal of a request.
    public var isRefusal: Bool { if case .rejection = role { true } else { false } }

    /// One line for a list. Not yet made safe for a terminal.
    public var summary: String { line.text }

    /// The same, for who knows how much room there is.
    public var line: MessageLine {
        switch role {
        case .request, .response: payload.line
        case .rejection(let reason): MessageLine("refused: \(reason)")
        case .noise(let label): MessageLine("(\(label)) \(payload.summary)")
        }
    }

    /// The message in one of its views, as it is shown and copied; `nil` where it has none of that kind. Not yet made safe for a
    /// terminal.
    public func text(in view: MessageView) -> String? {
        let isMessage = role == .request || role == .response
        guard isMessage, !payload.bytes.isEmpty || view != .plain else { return text }
        return payload.text(in: view) ?? (view == .plain ? text : nil)
    }

    /// The payload as it travelled where that is text, and what it says otherwise. Not yet made safe for a terminal.
    public var text: String { payload.bytes.isEmpty ? summary : payload.text ?? summary }
}
