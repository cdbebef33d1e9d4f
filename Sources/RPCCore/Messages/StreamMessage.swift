/// A message of a call as everything but plans and codecs sees it: a number, a time, a size, and a line to show.
public struct StreamMessage: Hashable, Sendable {
    /// Position in its direction of the call, counted from 1 over all attempts.
    public var number: Int
    /// When it was handed to the socket or read from it, as ``CallClock/now``.
    public var time: Duration
    /// Length of the payload on the wire, in bytes, without framing.
    public var size: Int
    /// How it travelled.
    public var form: Form
    /// What it says.
    public var body: Body
    /// The payload exactly as it travelled, where that is text. Not yet made safe for a terminal.
    public var wire: String?
    /// For an answer that says itself which request it answers, or needs not: the number of the request. `nil` where it answers
    /// none or the whole call, and where ``place`` says which one it is.
    public var answers: Int?
    /// For an answer of a bidirectional stream: its place among them, from which ``Pairings`` know the request.
    public var place: AnswerPlace?

    public init(
        number: Int, time: Duration, size: Int, form: Form, body: Body, wire: String? = nil, answers: Int? = nil,
        place: AnswerPlace? = nil
    ) {
        self.number = number
        self.time = time
        self.size = size
        self.form = form
        self.body = body
        self.wire = wire
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

    /// The content of a message.
    public enum Body: Hashable, Sendable {
        case request(HelloRequest)
        case reply(HelloReply)
        /// The server refused one request and went on with the call; the text is its reason.
        case refusal(String)
        /// A greeting of the end-of-stream marker by a server that takes the marker for a request.
        /// It answers nothing that the user sent.
        case markerEcho(HelloReply)
    }

    /// Whether the server says it to what the user has sent, be it a refusal. Its greeting of the end marker is none, and
    /// counts nowhere.
    public var isReply: Bool {
        switch body {
        case .reply, .refusal: true
        case .request, .markerEcho: false
        }
    }

    /// One line for a list. Not yet made safe for a terminal.
    public var summary: String {
        switch body {
        case .request(let request): request.summary
        case .reply(let reply): reply.message
        case .refusal(let reason): "refused: \(reason)"
        case .markerEcho(let reply): "(end marker) \(reply.message)"
        }
    }
}
