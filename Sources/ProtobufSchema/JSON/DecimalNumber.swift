/// A number of JSON (RFC 8259, section 6), exactly as it is written.
struct DecimalNumber {
    let text: String
    private let isNegative: Bool
    /// All digits, without a point.
    private let digits: [UInt8]
    /// The power of ten of the last digit.
    private let exponent: Int

    /// `nil` where the text is none.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var digits = Self.takeDigits(&rest)
        guard !digits.isEmpty, digits.count == 1 || digits.first != 0 else { return nil }
        var exponent = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let fraction = Self.takeDigits(&rest)
            guard !fraction.isEmpty else { return nil }
            digits += fraction
            exponent = -fraction.count
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            let power = Self.takeDigits(&rest)
            guard !power.isEmpty else { return nil }
            // Beyond this no number of 64 bits is left, whatever the digits are.
            let value = power.reduce(0) { min($0 * 10 + Int($1), 10_000) }
            exponent += isNegative ? -value : value
        }
        guard rest.isEmpty else { return nil }
        self.text = text
        self.digits = digits
        self.exponent = exponent
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return digits.map { $0 - UInt8(ascii: "0") }
    }

    enum Reading<Integer> { case value(Integer), fraction, outOfRange }

    /// The number as an integer: `1e3` and `1.0` are, `1.5` is none.
    func integer() -> Reading<(isNegative: Bool, magnitude: UInt64)> {
        var whole = digits.drop { $0 == 0 }
        var exponent = exponent
        guard !whole.isEmpty else { return .value((isNegative, 0)) }
        while exponent < 0, whole.last == 0 {
            whole = whole.dropLast()
            exponent += 1
        }
        guard exponent >= 0 else { return .fraction }
        guard whole.count + exponent <= 20 else { return .outOfRange }
        var value: UInt64 = 0
        for digit in whole + Array(repeating: 0, count: exponent) {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard !overflows, !carries else { return .outOfRange }
            value = sum
        }
        return .value((isNegative, value))
    }

    /// The nearest number of the type; `nil` where it is out of its range.
    var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
    var float: Float? { Float(text).flatMap { $0.isFinite ? $0 : nil } }
}
