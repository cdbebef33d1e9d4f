public import GreeterCore

/// How a search goes on.
public struct FindProgress: Hashable, Sendable {
    /// Messages looked at.
    public var searched: Int
    /// Messages to look at, where none is found before.
    public var total: Int
}

extension StoredTranscript {
    /// So many blocks are looked at between two looks at whether the search is still wanted.
    private static let window = 32

    /// The nearest message that is looked for: the first from a number on, or backwards the last up to it; goes round at the end.
    /// - Parameter onProgress: Told after each window of messages, on the searching task.
    /// - Returns: its number; `nil` where there is none.
    /// - Throws: ``HistoryError``; `CancellationError` as soon as the task is cancelled.
    public func find(
        _ pattern: MessagePattern, in half: StreamHalf, from number: Int, forward: Bool = true,
        onProgress: (FindProgress) -> Void = { _ in }
    ) async throws -> Int? {
        let total = count(of: half)
        let start = min(max(number, 1), total + 1)
        let matcher = MessageMatcher(pattern)
        var progress = FindProgress(searched: 0, total: total)
        // Backwards, the message at the number is the first to be looked at.
        let parts =
            forward ? [start..<total + 1, 1..<start] : [1..<min(start, total) + 1, min(start, total) + 1..<total + 1]
        for numbers in parts where !numbers.isEmpty {
            var search = BlockSearch(half, numbers, isForward: forward)
            while let window = try await search.next(Self.window, matcher, of: call, in: store) {
                if let match = window.match { return match }
                progress.searched += window.count
                onProgress(progress)
                try Task.checkCancellation()
            }
        }
        return nil
    }
}

/// A search through part of a half.
private struct BlockSearch {
    private let half: StreamHalf
    private var left: Range<Int>
    private let isForward: Bool

    init(_ half: StreamHalf, _ numbers: Range<Int>, isForward: Bool) {
        self.half = half
        left = numbers
        self.isForward = isForward
    }

    /// Looks through the next blocks.
    /// - Returns: how many messages were looked at, and the one that was found; `nil` where none are left.
    mutating func next(
        _ limit: Int, _ matcher: MessageMatcher, of call: Int64, in store: HistoryStore
    ) async throws -> (count: Int, match: Int?)? {
        guard !left.isEmpty else { return nil }
        let (numbers, isForward) = (left, isForward)
        let reader = BlockReader(call: call, stream: BlockStream(half))
        let bytes = limit * Block.byteLimit
        let (match, end) = try await store.reading { database -> (Int?, Int?) in
            let blocks = try database.pool.read { db in
                isForward
                    ? try reader.blocks(from: numbers.lowerBound, atMost: limit, bytes: bytes, db)
                    : try reader.blocks(backFrom: numbers.upperBound - 1, atMost: limit, bytes: bytes, db)
            }
            for block in blocks {
                let messages = try block.messages()
                let isMatch = { numbers.contains($0.number) ? try matcher.matches($0) : false }
                    as (StreamMessage) throws -> Bool
                let match = try isForward ? messages.first(where: isMatch) : messages.last(where: isMatch)
                if let match { return (match.number, nil) }
            }
            return (nil, isForward ? blocks.last?.numbers.upperBound : blocks.last?.first)
        }
        if let match { return (0, match) }
        // Without a block there is nothing more on the disk.
        let border = min(
            max(end ?? (isForward ? numbers.upperBound : numbers.lowerBound), left.lowerBound), left.upperBound)
        left = isForward ? border..<left.upperBound : left.lowerBound..<border
        return (numbers.count - left.count, nil)
    }
}
