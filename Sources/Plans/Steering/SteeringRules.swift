public import RPCCore

/// What ends or holds back a stream beside the user: the time, and the replies.
public struct SteeringRules: Hashable, Sendable {
    /// The stream is half-closed after this time, counted from its beginning. An attempt that goes on where the one
    /// before has come to an answer has what is left of it; one that begins anew has all of it.
    public var time: Duration?
    /// The stream is half-closed when a reply matches.
    public var reply: TextPattern?
    /// So many requests may be unanswered; typed ones go out all the same.
    public var unanswered: Int?
    /// How long the stream may be held back by ``unanswered`` before it fails; `nil` for as long as the call takes.
    public var timeout: Duration?

    public init(
        time: Duration? = nil, reply: TextPattern? = nil, unanswered: Int? = nil, timeout: Duration? = nil
    ) {
        self.time = time
        self.reply = reply
        self.unanswered = unanswered
        self.timeout = timeout
    }

    /// The rules of a plan that is run as a call of this kind.
    public init(of document: PlanDocument, for kind: CallKind) {
        self.init(
            time: document.stop.time, reply: document.stop.reply, unanswered: document.flow.unanswered,
            // Only here may there be no answer before the end, however well the server is.
            timeout: kind == .clientStream ? document.flow.timeout ?? PlanFlow.defaultTimeout : nil)
    }
}
