/// Small things as text.
enum Format {
    /// `1 reply`, `3 replies`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    /// A time that counts down: `3.2s`.
    static func tenths(_ duration: Duration) -> String {
        let tenths = duration.rounded(to: .milliseconds(100), .up)
        return "\(tenths / 10).\(tenths % 10)s"
    }

    /// A time to the millisecond: `1.250s`.
    static func milliseconds(_ duration: Duration) -> String {
        let milliseconds = duration.rounded(to: .milliseconds(1))
        return "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())s"
    }

    /// A time between two events, with three digits at most: `17ms`, `1.24s`, `350us`.
    static func interval(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return switch abs(seconds) {
        case ..<0.001: "\(Int(seconds * 1e6))us"
        case ..<0.01: trimmed((seconds * 1e4).rounded() / 10) + "ms"
        case ..<1: "\(Int((seconds * 1e3).rounded()))ms"
        default: trimmed((seconds * 100).rounded() / 100) + "s"
        }
    }

    private static func trimmed(_ number: Double) -> String {
        number == number.rounded() ? String(Int(clamping: number)) : String(number)
    }
}
