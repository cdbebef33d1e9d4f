import RPCCore

extension Duration {
    /// The duration with up to three digits: `500ms`, `1.25s`.
    var shortText: String {
        let seconds = self / .seconds(1)
        if abs(seconds) >= 1 || seconds == 0 { return "\(Self.rounded(seconds))s" }
        return "\(Self.rounded(seconds * 1000))ms"
    }

    private static func rounded(_ value: Double) -> String {
        let hundredths = (value * 100).rounded() / 100
        return hundredths == hundredths.rounded() ? String(Int(clamping: hundredths)) : String(hundredths)
    }
}
