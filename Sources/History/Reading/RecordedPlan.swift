public import RPCCore

/// A plan that sends what a recorded call has sent: the same requests, as fast as they are taken.
public struct RecordedPlan: RequestPlan {
    private let transcript: StoredTranscript

    public init(_ transcript: StoredTranscript) {
        self.transcript = transcript
    }

    public var count: Int? { transcript.count(of: .sent) }

    public func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        Source(transcript: transcript, encoder: encoder, next: count + 1)
    }

    private struct Source: RequestSource {
        let transcript: StoredTranscript
        let encoder: MessageEncoder
        var next: Int

        mutating func next(atMost limit: Int) async throws -> [Payload]? {
            let messages = try await transcript.read(.sent, next..<next + max(1, limit))
            guard !messages.isEmpty else { return nil }
            next += messages.count
            return messages.map { $0.payload.encoded(by: encoder) }
        }
    }
}
