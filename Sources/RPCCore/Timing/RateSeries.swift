/// How many messages there were in each part of a call, in constant space: the parts grow as the call does.
public struct RateSeries: Hashable, Sendable {
    /// Parts at most.
    public static let limit = 60

    /// How long a part is.
    public private(set) var length = Duration.milliseconds(100)
    /// Messages in each part, from the first message on.
    public private(set) var counts: [Int] = []
    private var start: Duration?
    private var total = 0
    /// When the last message was.
    private var end = Duration.zero

    public init() {}

    /// Counts messages at a time that does not go back.
    public mutating func count(_ messages: Int, at time: Duration) {
        let start = self.start ?? time
        self.start = start
        total += messages
        end = max(end, time)
        while part(of: time - start) >= Self.limit { merge() }
        let part = part(of: time - start)
        while counts.count <= part { counts.append(0) }
        counts[part] += messages
    }

    /// Messages a second in each part.
    public var rates: [Int] { counts.map { Int(clamping: (Double($0) / (length / .seconds(1))).rounded()) } }

    /// Messages a second from the first one to the last one; `nil` where there were too few to say, or all were at one time.
    public var average: Int? {
        guard total >= 100, let start, end > start else { return nil }
        return Int(clamping: (Double(total) / ((end - start) / .seconds(1))).rounded())
    }

    private func part(of time: Duration) -> Int { max(time.whole(length), counts.count - 1) }

    /// Makes parts twice as long.
    private mutating func merge() {
        counts = stride(from: 0, to: counts.count, by: 2).map { first in
            counts[first] + (first + 1 < counts.count ? counts[first + 1] : 0)
        }
        length *= 2
    }
}
