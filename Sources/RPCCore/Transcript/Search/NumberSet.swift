import Algorithms

/// Numbers of messages, in ascending order: which of millions a filter shows, and where in the list each of them stands.
///
/// Takes one bit for each number up to the last one, and 16 bytes for each 4,096.
public struct NumberSet: Hashable, Sendable {
    private static let chunkLength = 4096

    /// The bits of 4,096 numbers each; nothing where none of them is in the set.
    private var chunks: [[UInt64]] = []
    /// How many numbers are in the chunks before each.
    private var before: [Int] = []
    public private(set) var count = 0
    /// The largest number; 0 where there is none.
    public private(set) var last = 0

    public init() {}

    public init(_ numbers: some Sequence<Int>) {
        for number in numbers { append(number) }
    }

    /// Adds a number that is larger than all before.
    public mutating func append(_ number: Int) {
        precondition(number > last, "numbers come in ascending order")
        let (chunk, bit) = (number / Self.chunkLength, number % Self.chunkLength)
        while chunks.count <= chunk {
            chunks.append([])
            before.append(count)
        }
        if chunks[chunk].isEmpty { chunks[chunk] = Array(repeating: 0, count: Self.chunkLength / 64) }
        chunks[chunk][bit / 64] |= 1 << UInt64(bit % 64)
        count += 1
        last = number
    }

    public func contains(_ number: Int) -> Bool {
        let (chunk, bit) = (number / Self.chunkLength, number % Self.chunkLength)
        guard number > 0, chunks.indices.contains(chunk), !chunks[chunk].isEmpty else { return false }
        return chunks[chunk][bit / 64] & 1 << UInt64(bit % 64) != 0
    }

    /// The number at a place of the list, counted from 0; `nil` beyond its end.
    public func number(at index: Int) -> Int? {
        guard (0..<count).contains(index) else { return nil }
        let chunk = before.partitioningIndex { $0 > index } - 1
        var left = index - before[chunk]
        for (place, word) in chunks[chunk].enumerated() {
            guard left >= word.nonzeroBitCount else {
                return chunk * Self.chunkLength + place * 64 + Self.bit(left, of: word)
            }
            left -= word.nonzeroBitCount
        }
        return nil
    }

    /// How many numbers are smaller: the place in the list of a number that is in it.
    public func index(of number: Int) -> Int {
        let (chunk, bit) = (max(0, number) / Self.chunkLength, max(0, number) % Self.chunkLength)
        guard chunks.indices.contains(chunk) else { return count }
        guard !chunks[chunk].isEmpty else { return before[chunk] }
        let whole = chunks[chunk].prefix(bit / 64).reduce(0) { $0 + $1.nonzeroBitCount }
        let part = chunks[chunk][bit / 64] & ((1 << UInt64(bit % 64)) - 1)
        return before[chunk] + whole + part.nonzeroBitCount
    }

    /// The place of the set bit with so many set ones below it.
    private static func bit(_ index: Int, of word: UInt64) -> Int {
        var word = word
        for _ in 0..<index { word &= word - 1 }
        return word.trailingZeroBitCount
    }
}
