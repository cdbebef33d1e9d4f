/// Small things as text.
enum Format {
    /// `1 reply`, `3 replies`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
