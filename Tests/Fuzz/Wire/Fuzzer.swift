/// A parser of what comes from outside, and the rules that hold whatever bytes it is given.
///
/// `scripts/fuzz` looks for bytes with which a rule is broken; a test gives it those that are kept in `Tests/Fuzz/Corpus`.
package struct Fuzzer: Sendable {
    /// Of its folder in the corpus, too.
    package let name: String
    /// What its corpus must reach: otherwise its inputs are turned away before what they are to try.
    package let landmarks: Set<String>
    private let body: @Sendable (inout FuzzInput) throws -> Set<String>

    /// - Parameter body: Gives the bytes to the parser, throws a ``Finding`` where a rule is broken, and returns the landmarks that it
    ///   came by.
    package init(
        _ name: String, reaching landmarks: Set<String>,
        _ body: @escaping @Sendable (inout FuzzInput) throws -> Set<String>
    ) {
        (self.name, self.landmarks, self.body) = (name, landmarks, body)
    }

    /// - Returns: the landmarks that it came by.
    /// - Throws: a ``Finding``, or what the parser should not throw.
    @discardableResult
    package func run(_ bytes: some Sequence<UInt8>) throws -> Set<String> {
        var input = FuzzInput(bytes)
        return try body(&input)
    }
}

/// A rule that some bytes break.
package struct Finding: Error, CustomStringConvertible {
    package let description: String
}

/// A rule, in words.
package func hold(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Finding) {
    guard condition else { throw Finding(description: rule()) }
}

/// What is drawn from the bytes of an input, from the front. Where there are no more, all is zero and empty.
package struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: some Sequence<UInt8>) {
        rest = Array(bytes)[...]
    }

    package var isEmpty: Bool { rest.isEmpty }

    package mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number below 255 in one byte, or any below 65,536 in three.
    package mutating func number() -> Int {
        let first = byte()
        return first < 255 ? Int(first) : Int(byte()) << 8 | Int(byte())
    }

    /// At most so many.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// A number, and so many bytes.
    package mutating func piece() -> [UInt8] { bytes(number()) }

    package mutating func remaining() -> [UInt8] { bytes(rest.count) }
}

/// Cuts bytes as a socket might.
package struct Cutter {
    private var state: UInt32
    private let longest: Int

    /// - Parameter choice: 0 leaves them whole, 1 gives single bytes, any other pieces of at most so many bytes.
    package init(_ choice: UInt8) {
        (state, longest) = (UInt32(choice) &* 2_654_435_761 | 1, Int(choice))
    }

    package mutating func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        guard longest > 0 else { return bytes.isEmpty ? [] : [bytes[...]] }
        var (pieces, rest): ([ArraySlice<UInt8>], ArraySlice<UInt8>) = ([], bytes[...])
        while !rest.isEmpty {
            state = state &* 1_664_525 &+ 1_013_904_223
            let count = 1 + Int(state >> 16) % longest
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
