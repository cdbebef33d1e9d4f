/// Words for a POSIX shell.
enum Shell {
    /// What a word may have that means nothing to any shell.
    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,")

    /// A text as one word that is taken as it stands.
    static func word(_ text: String) -> String {
        guard text.isEmpty || !text.allSatisfy(plain.contains) else { return text }
        return "'" + text.replacing("'", with: #"'\''"#) + "'"
    }

    /// A text as the standard input of the command before it, taken as it stands.
    static func input(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var end = "END"
        while lines.contains(where: { $0 == end }) { end += "_" }
        return "<<'\(end)'\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(end)"
    }
}
