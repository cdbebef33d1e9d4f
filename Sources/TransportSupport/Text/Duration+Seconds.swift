extension Duration {
    /// As people write it: `0.8 s`, `30 s`.
    package var inSeconds: String {
        let seconds = (self / .milliseconds(1)).rounded() / 1000
        let digits = "\(seconds)"
        return (digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits) + " s"
    }
}
