extension String {
    /// The text with spaces behind it, so many characters in all; as it is where it is longer.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text with something before it, so many characters in all; as it is where it is longer.
    package func rightAligned(to width: Int, filling: Character = " ") -> String {
        String(repeating: filling, count: max(0, width - count)) + self
    }
}

extension BinaryInteger {
    /// A number of zero or more with at least so many digits.
    package func digits(_ count: Int, radix: Int = 10) -> String {
        String(self, radix: radix).rightAligned(to: count, filling: "0")
    }

    /// `1 reply`, `3 replies`.
    package func counted(_ one: String, _ many: String) -> String { "\(self) \(self == 1 ? one : many)" }
}
