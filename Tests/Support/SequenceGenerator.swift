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

/// A source of chance that gives the same numbers for the same seed (Steele, Lea and Flood, "SplitMix", 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
