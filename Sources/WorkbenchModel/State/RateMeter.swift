/// Messages a second over the last second, in constant space.
public struct RateMeter: Hashable, Sendable {
    private static let slots = 10
    private static let slotLength = Duration.milliseconds(100)

    /// Messages counted in each slot; slot `n` of time lies at `n % slots`.
    private var counts = [Int](repeating: 0, count: slots)
    private var newest = 0

    public init() {}

    /// Counts messages at a time that does not go back.
    public mutating func count(_ messages: Int, at time: Duration) {
        let slot = max(Self.slot(of: time), newest)
        forget(before: slot)
        counts[slot % Self.slots] += messages
    }

    /// Messages in the second before `time`.
    public func rate(at time: Duration) -> Int {
        let age = Self.slot(of: time) - newest
        guard age < Self.slots else { return 0 }
        return (max(age, 0)..<Self.slots).reduce(0) { sum, back in
            let slot = newest + max(age, 0) - back
            return slot < 0 ? sum : sum + counts[slot % Self.slots]
        }
    }

    private mutating func forget(before slot: Int) {
        // However long nothing came, no more than all slots are to be emptied.
        let first = max(newest, slot - Self.slots) + 1
        for skipped in first..<max(first, slot + 1) { counts[skipped % Self.slots] = 0 }
        newest = slot
    }

    private static func slot(of time: Duration) -> Int {
        min(time.whole(slotLength), Int.countLimit)
    }
}
