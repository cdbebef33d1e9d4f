/// The times during which receiving was paused: what was read after them says nothing of the server.
struct Pauses: Hashable, Sendable {
    /// As many are kept, the newest.
    static let limit = 1024

    private struct Pause: Hashable {
        var start: Duration
        /// `nil` while it goes on.
        var end: Duration?
    }

    private var pauses: [Pause] = []

    mutating func begin(at time: Duration) {
        guard pauses.last.map({ $0.end != nil }) ?? true else { return }
        pauses.append(Pause(start: time))
        if pauses.count > Self.limit { pauses.removeFirst() }
    }

    mutating func end(at time: Duration) {
        guard let last = pauses.indices.last, pauses[last].end == nil else { return }
        pauses[last].end = time
    }

    /// Whether receiving was paused at any time between two moments.
    func overlap(from start: Duration, to end: Duration) -> Bool {
        for pause in pauses.reversed() {
            if let pauseEnd = pause.end, pauseEnd <= start { return false }
            if pause.start < end { return true }
        }
        return false
    }
}
