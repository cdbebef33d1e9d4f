import RPCCore

/// The beginning of what a server said, for the text of an error: bounded, in quotation marks, on one line, and without what
/// is secret in this task (``RPCCore/Redaction/current``), which is masked before anything is cut.
package enum Quote {
    /// Scalars that are quoted before the rest is left out.
    package static let limit = 200

    package static func beginning(of text: String) -> String {
        "\"\(bounded(text))\""
    }

    /// The same without quotation marks, for words that were meant for a user.
    package static func bounded(_ text: String) -> String {
        var quoted = ""
        var count = 0
        for scalar in Redaction.current.redacted(text).unicodeScalars {
            guard count < limit else { return quoted + "…" }
            quoted.unicodeScalars.append(scalar.properties.isWhitespace ? " " : scalar)
            count += 1
        }
        return quoted
    }

    package static func beginning(of bytes: some Collection<UInt8>) -> String {
        // Four bytes a scalar at most, and one more scalar to know that there is a rest. A secret must not be cut.
        let length = Redaction.current.hasSecrets ? bytes.count : 4 * (limit + 1)
        return beginning(of: String(decoding: bytes.prefix(length), as: UTF8.self))
    }
}
