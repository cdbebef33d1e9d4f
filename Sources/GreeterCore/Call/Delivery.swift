/// What is known of the messages of a call.
public struct Delivery: Hashable, Sendable {
    /// Requests handed to the socket, each counted once however often it was sent.
    public var sent: Int
    /// Of those, the ones that the server has answered, or acknowledged with the result of the call.
    public var answered: Int
    /// Of those that are not answered, the ones that the server has turned down by refusing the call. See
    /// ``CallError/isRefusal``.
    public var refused: Int
    /// Replies received.
    public var received: Int

    public init(sent: Int = 0, answered: Int = 0, refused: Int = 0, received: Int = 0) {
        self.sent = sent
        self.answered = answered
        self.refused = refused
        self.received = received
    }

    /// Counts what an event tells of the messages of one attempt.
    public mutating func count(_ event: CallEvent) {
        switch event {
        case .sent(let messages): sent += messages.count
        case .received(let messages): received += messages.count(where: \.isReply)
        case .acknowledged(let number): answered = max(answered, number)
        default: break
        }
    }

    /// Requests of which nobody can say whether the server has taken them.
    public var uncertain: Int { max(0, sent - answered - refused) }
}
