/// Looks through the messages of one direction of a call, a window at a time. In memory is one window, whatever the length of the call.
public struct TranscriptSearch: Sendable {
    /// So many messages are looked at between two looks at whether the search is still wanted.
    public static let window = 4096

    private let transcript: any TranscriptReading
    private let direction: Direction

    public init(_ direction: Direction, of transcript: any TranscriptReading) {
        self.transcript = transcript
        self.direction = direction
    }

    /// How far a search has come.
    public struct Progress: Hashable, Sendable {
        /// Messages looked at.
        public var searched: Int
        /// Messages to look at, where none is found before.
        public var total: Int

        public init(searched: Int, total: Int) {
            self.searched = searched
            self.total = total
        }
    }

    /// The nearest message that has all the patterns: the first from a number on, or backwards the last up to it; goes round at
    /// the end.
    /// - Parameter onProgress: Told after each window of messages, on the searching task.
    /// - Returns: its number; `nil` where there is none.
    /// - Throws: what reading throws; ``TextPattern/TooSlow``; `CancellationError` as soon as the task is cancelled.
    public func first(
        _ patterns: [MessagePattern], from number: Int, forward: Bool = true,
        onProgress: (Progress) async -> Void = { _ in }
    ) async throws -> Int? {
        let matchers = patterns.map { MessageMatcher($0) }
        return try await first(from: number, forward: forward, onProgress: onProgress) { message in
            try matchers.allSatisfy { try $0.matches(message) }
        }
    }

    /// The nearest message of which something is true. See ``first(_:from:forward:onProgress:)``.
    func first(
        from number: Int, forward: Bool = true, onProgress: (Progress) async -> Void = { _ in },
        where isMatch: (StreamMessage) throws -> Bool
    ) async throws -> Int? {
        let kept = transcript.kept(of: direction)
        // Backwards, the message at the number is the first to be looked at.
        let border = min(max(forward ? number : number + 1, kept.lowerBound), kept.upperBound)
        let parts = [border..<kept.upperBound, kept.lowerBound..<border]
        var progress = Progress(searched: 0, total: kept.count)
        for part in forward ? parts : parts.reversed() {
            for window in Self.windows(part, forward: forward) {
                let messages = try await transcript.read(direction, window)
                let match = try forward ? messages.first(where: isMatch) : messages.last(where: isMatch)
                if let match { return match.number }
                progress.searched += window.count
                await onProgress(progress)
                try Task.checkCancellation()
            }
        }
        return nil
    }

    /// The numbers of the messages that have a pattern, in order.
    /// - Parameter numbers: Where to look: no more than a window, as a rule, for all of it is read at once.
    public func all(_ pattern: MessagePattern, in numbers: Range<Int>) async throws -> [Int] {
        try await messages(pattern, in: numbers).map(\.number)
    }

    /// The messages among these that have a pattern, or all of them, in order.
    /// - Parameter numbers: See ``all(_:in:)``.
    public func messages(_ pattern: MessagePattern?, in numbers: Range<Int>) async throws -> [StreamMessage] {
        let messages = try await transcript.read(direction, numbers)
        guard let pattern else { return messages }
        let matcher = MessageMatcher(pattern)
        return try messages.filter { try matcher.matches($0) }
    }

    private static func windows(_ numbers: Range<Int>, forward: Bool) -> some Sequence<Range<Int>> {
        let count = (numbers.count + window - 1) / window
        return (0..<count).lazy.map { index in
            if forward {
                let start = numbers.lowerBound + index * window
                return start..<min(start + window, numbers.upperBound)
            }
            let end = numbers.upperBound - index * window
            return max(end - window, numbers.lowerBound)..<end
        }
    }
}
