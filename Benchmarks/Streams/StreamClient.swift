import RPCCore

/// Who streams.
protocol StreamClient: Sendable {
    /// Sends so many requests, `User 1` and so on, and reads every reply; for a server stream one, which asks for so many replies by
    /// its name, as the server of grpc-go takes it.
    func run(_ kind: CallKind, requests: Int) async throws -> Tally

    /// Lets go of what is open. Nothing can be run then.
    /// - Parameter tally: Of the last stream: what was recorded of it is compared with this.
    /// - Returns: how many seconds it took until what was recorded was on the disk; `nil` where nothing was recorded.
    func finish(_ tally: Tally) async throws -> Double?
}

/// What came of a stream.
struct Tally: Sendable {
    /// Requests of which the client says that they were sent.
    var sent = 0
    var replies = 0
    /// The text of the last reply.
    var last = ""
    /// What was resident after each tenth of the messages, in KiB.
    var course: [Int] = []

    /// - Throws: where anything is missing.
    func check(_ kind: CallKind, requests: Int) throws {
        let end = kind.streamsRequests != kind.streamsReplies ? "\(requests)" : "Hello, User \(requests)!"
        guard sent == (kind == .serverStream ? 1 : requests), replies == (kind == .clientStream ? 1 : requests),
            last.contains(end)
        else { throw Incomplete(tally: self) }
    }
}

/// A stream that did not bring what it should.
struct Incomplete: Error {
    var tally: Tally
}
