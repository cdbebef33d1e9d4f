public import RPCCore

/// A plan that sends what a recorded call has sent: the same requests, as fast as they are taken.
public struct RecordedPlan: RequestPlan {
    public let count: Int?
    public let correlation: Correlation?
    private let transcript: @Sendable () async throws -> StoredTranscript

    /// - Parameter correlation: By which fields its replies were given to its requests.
    public init(_ transcript: StoredTranscript, correlation: Correlation? = nil) {
        self.correlation = correlation
        count = transcript.count(of: .sent)
        self.transcript = { transcript }
    }

    /// Of a call that is looked for when the plan is run. One that is not there any more fails it.
    public init(of call: Int64, in history: HistoryStore, correlation: Correlation?) {
        (count, self.correlation) = (nil, correlation)
        transcript = { history.transcript(of: try await history.call(call)) }
    }

    public func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        Source(find: transcript, encoder: encoder, next: count + 1)
    }

    private struct Source: RequestSource {
        let find: @Sendable () async throws -> StoredTranscript
        let encoder: MessageEncoder
        var next: Int
        var transcript: StoredTranscript?

        mutating func next(atMost limit: Int) async throws -> [Payload]? {
            if transcript == nil { transcript = try await find() }
            guard let messages = try await transcript?.read(.sent, next..<next + max(1, limit)), !messages.isEmpty
            else {
                return nil
            }
            next += messages.count
            return messages.map { $0.payload.encoded(by: encoder) }
        }
    }
}
