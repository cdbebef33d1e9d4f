import RPCCore

/// What the next message of a block is told apart from: the same while a block is written and while it is read.
struct MessageMemory {
    private(set) var nanoseconds: Int64 = 0
    private var time = Duration.zero
    var answers: Int
    /// The place of the next answer; `nil` before the first one of the block.
    var place: AnswerPlace?
    /// The payload of the last message that has one.
    var payload: [UInt8] = []
    /// Where texts were in payloads, and which of it the last message had.
    var places: [TextPlaces] = []
    var lastPlaces = 0
    /// Bytes of payloads and of texts beside them: the block is full once there are ``Block/byteLimit``, for so much, and a
    /// message, is in memory when it is read.
    var volume = 0

    init(first: Int) {
        answers = first - 1
    }

    /// - Returns: how many nanoseconds later it is; no more than a century either way.
    mutating func advance(to time: Duration) -> Int64 {
        // Those of one batch have the same time, and to divide is dear.
        guard time != self.time else { return 0 }
        let before = nanoseconds
        self.time = time
        nanoseconds = min(max(time.wholeNanoseconds, -Self.timeLimit), Self.timeLimit)
        return nanoseconds - before
    }

    mutating func advance(by nanoseconds: Int64) -> Duration {
        if nanoseconds != 0 {
            self.nanoseconds &+= nanoseconds
            time = .nanoseconds(self.nanoseconds)
        }
        return time
    }

    /// Makes the last payload the next one.
    /// - Parameters:
    ///   - middle: What follows the first `start` bytes of the last one, and is followed by its last `end` bytes.
    mutating func change(_ start: Int, _ middle: UnsafeRawBufferPointer, _ end: Int) {
        if start + middle.count + end == payload.count {
            payload.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + middle.count]).copyMemory(from: middle)
            }
        } else {
            payload.replaceSubrange(start..<payload.count - end, with: middle)
        }
        volume += payload.count
    }

    private static let timeLimit: Int64 = 3_155_760_000_000_000_000

    /// The number of the places of a text in a payload, which are new perhaps; `nil` where they cannot be told by such.
    mutating func places(of text: UnsafeRawBufferPointer, in payload: UnsafeRawBufferPointer) -> Int? {
        if lastPlaces < places.count, places[lastPlaces].fit(text, in: payload) { return lastPlaces }
        if let known = places.firstIndex(where: { $0.fit(text, in: payload) }) { return known }
        guard places.count < TextPlaces.limit, let new = TextPlaces(of: text, in: payload) else { return nil }
        places.append(new)
        return places.count - 1
    }
}
