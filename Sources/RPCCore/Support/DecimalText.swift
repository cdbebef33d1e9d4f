extension [UInt8] {
    /// Appends a number in decimal, for those who write many: without a string in between.
    package mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var low = count
        var rest = number.magnitude
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        // The last digit comes first so far.
        var high = count - 1
        while low < high {
            swapAt(low, high)
            low += 1
            high -= 1
        }
    }
}

extension Double {
    /// The number with one decimal at most, or two, and without zeros at its end: `1.5`, `2`.
    package func text(decimals: Int) -> String {
        let scale = decimals == 1 ? 10.0 : 100
        let rounded = (self * scale).rounded() / scale
        return rounded == rounded.rounded() ? String(Int(clamping: rounded)) : String(rounded)
    }
}
