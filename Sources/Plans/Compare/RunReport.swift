public import RPCCore

/// What one run of a plan came to, as far as runs are compared.
public struct RunReport: Hashable, Sendable {
    /// How many replies are kept, the first; of all the others only what they come to together.
    public static let replyLimit = 10_000

    /// The server, as it is called.
    public var server: String
    /// What carried the call: `WebSocket`, `gRPC over HTTP/2`; `nil` where it was not opened.
    public var transport: String?
    public var outcome: CallOutcome
    /// From the start of the call to the last that was heard of the server, or to the failure.
    public var elapsed: Duration
    /// From the start of the call to the first reply; `nil` where there is none.
    public var firstReply: Duration?
    /// From each request to the reply that answers it, and from reply to reply.
    public var timing: Timing
    /// The first replies, as they are shown.
    public var replies: [String]
    /// What all replies come to, in their order: two runs with the same digest had the same replies.
    public var digest: UInt64

    /// How many replies there were.
    public var replyCount: Int { outcome.delivery.received }
}
