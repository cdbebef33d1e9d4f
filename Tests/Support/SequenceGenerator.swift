/// A source of chance whose numbers are known: fractions of the whole range, one after the other, over and over.
public struct SequenceGenerator: RandomNumberGenerator, Sendable {
    private let fractions: [Double]
    private var index = 0

    /// - Parameter fractions: From 0 to just below 1.
    public init(_ fractions: Double...) {
        self.fractions = fractions
    }

    public mutating func next() -> UInt64 {
        defer { index += 1 }
        return UInt64(fractions[index % fractions.count] * 0x1p64)
    }
}
