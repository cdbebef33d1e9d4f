/// A stream of requests as a value: from it the same stream can be made as often as wanted.
public protocol RequestPlan: Sendable {
    /// Begins the stream after its first requests: those that were sent, and answered, before.
    /// - Parameter encoder: Writes the requests as the transport sends them.
    func makeSource(_ encoder: MessageEncoder, clock: any CallClock, skipping count: Int) -> any RequestSource

    /// Whether a second source makes the same requests again. False for what can be read only once.
    var isRepeatable: Bool { get }

    /// How many requests it makes, where that is known beforehand.
    var count: Int? { get }

    /// By which fields replies are given to requests, where somebody has said it.
    var correlation: Correlation? { get }

    /// The plan written down, so that what is read back makes the same requests; `nil` where nobody has written it.
    var written: WrittenPlan? { get }
}

extension RequestPlan {
    public var isRepeatable: Bool { true }
    public var count: Int? { nil }
    public var correlation: Correlation? { nil }
    public var written: WrittenPlan? { nil }

    /// Begins the stream.
    public func makeSource(_ encoder: MessageEncoder, clock: any CallClock) -> any RequestSource {
        makeSource(encoder, clock: clock, skipping: 0)
    }
}

/// A plan as it is kept with a call.
public struct WrittenPlan: Hashable, Sendable {
    public var text: String
    /// Where the relative paths in it begin; the working directory where it is empty.
    public var directory: String

    public init(_ text: String, directory: String = "") {
        (self.text, self.directory) = (text, directory)
    }
}

/// One run of a plan, pulled by whoever sends.
public protocol RequestSource: Sendable {
    /// The next requests, in order: those that are ready, at least one and at most `limit`; waits when none is.
    ///
    /// A short batch therefore says that the source pauses, and that what was gathered should leave at once.
    /// - Returns: `nil` when the stream is complete: the send direction is to be closed.
    /// - Throws: `CancellationError` when the task is cancelled; any other error when the next request cannot be made.
    mutating func next(atMost limit: Int) async throws -> [Payload]?
}
