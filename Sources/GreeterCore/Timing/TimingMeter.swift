import DequeModule

/// How long a call's messages took.
public struct Timing: Hashable, Sendable {
    /// From each request to the reply that answers it; `nil` where none does.
    public var roundTrips: Percentiles?
    /// From each reply to the next; `nil` where there are fewer than two.
    public var gaps: Percentiles?

    public init(roundTrips: Percentiles? = nil, gaps: Percentiles? = nil) {
        self.roundTrips = roundTrips
        self.gaps = gaps
    }
}

/// Measures the ``Timing`` of a call from its events, in constant space: a time for each of the newest requests and two
/// histograms, at most about 1.1 MB.
///
/// A request that was sent more than once counts from the first time, as the person who waited does.
public struct TimingMeter: Sendable {
    /// How many requests may wait for their replies at the same time; the round trips of more are not measured.
    public static let unansweredLimit = 65_536

    private var sentTimes: Deque<Duration> = []
    /// Requests whose times are kept no more.
    private var forgotten = 0
    private var lastReply: Duration?
    private var roundTrips = TimeHistogram()
    private var gaps = TimeHistogram()

    public init() {}

    public mutating func observe(_ event: CallEvent) {
        switch event {
        case .sent(let messages):
            sentTimes.append(contentsOf: messages.lazy.map(\.time))
            let excess = max(0, sentTimes.count - Self.unansweredLimit)
            sentTimes.removeFirst(excess)
            forgotten += excess
        case .received(let messages):
            for message in messages { measure(message) }
        default: break
        }
    }

    public var timing: Timing { Timing(roundTrips: roundTrips.percentiles, gaps: gaps.percentiles) }

    private mutating func measure(_ reply: StreamMessage) {
        guard reply.isReply else { return }
        if let lastReply { gaps.record(reply.time - lastReply) }
        lastReply = reply.time
        // Requests are numbered from 1.
        guard let number = reply.answers, sentTimes.indices.contains(number - 1 - forgotten) else { return }
        roundTrips.record(reply.time - sentTimes[number - 1 - forgotten])
    }
}
