/// How long a server took to answer the pings of a call.
public struct PingTimes: Hashable, Sendable {
    /// How many were answered.
    public private(set) var count = 1
    /// The newest.
    public private(set) var last: Duration
    public private(set) var shortest: Duration
    public private(set) var longest: Duration

    init(_ first: Duration) {
        (last, shortest, longest) = (first, first, first)
    }

    mutating func count(_ roundTrip: Duration) {
        count += 1
        last = roundTrip
        shortest = min(shortest, roundTrip)
        longest = max(longest, roundTrip)
    }
}
