import Foundation

/// Which parts of headers and addresses are taken for credentials.
package enum Credentials {
    /// A shorter value is not looked for in texts, unless its header is one for credentials: `X-Mode: on` would mask half of
    /// what is said.
    static let shortest = 8

    /// Headers that describe a request and carry no credential: their values are what people want to see again.
    private static let plainHeaders: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "baggage", "cache-control",
        "content-language",
        "date", "expect", "from", "origin", "pragma", "prefer", "referer", "traceparent", "tracestate", "user-agent",
        "via",
        "x-b3-spanid", "x-b3-traceid", "x-correlation-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        "x-request-id",
    ]

    /// What of a header must not appear in texts: the value, and of a header for credentials the parts that it is made of, for
    /// a server may repeat one without the others (`Basic …`, `session=…`).
    static func inHeader(_ header: MetadataEntry) -> [String] {
        if header.isSecret {
            let parts = header.value.split { " ;,=".contains($0) }.map(String.init)
            return [header.value] + parts.filter { $0.utf8.count >= shortest }
        }
        guard header.value.utf8.count >= shortest, !plainHeaders.contains(header.name.lowercased()) else { return [] }
        return [header.value]
    }

    /// What of the query of a route must not appear in texts, as it stands and decoded.
    static func inQuery(_ route: String) -> [String] {
        var values: [String] = []
        _ = replacingQuery(route) { values.append($0) }
        return (values + values.compactMap(\.removingPercentEncoding)).filter { $0.utf8.count >= shortest }
    }

    /// A text with the mask in place of the credentials in the query of every address in it.
    package static func maskingQuery(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "?")) else { return text }
        return replacingQuery(text) { _ in }
    }

    /// Whether a parameter of a query is one for credentials.
    private static func isSecret(_ name: Substring) -> Bool {
        let name = name.lowercased()
        let parts = [
            "token", "secret", "passw", "apikey", "api_key", "api-key", "auth", "credential", "session", "jwt",
        ]
        return ["key", "pwd", "sig", "signature"].contains(name) || parts.contains { name.contains($0) }
    }

    /// Masks the credentials of a query, and tells each.
    private static func replacingQuery(_ text: String, _ found: (String) -> Void) -> String {
        var masked = ""
        var rest = text[...]
        while let mark = rest.firstIndex(where: { $0 == "?" || $0 == "&" }) {
            let begin = rest.index(after: mark)
            masked += rest[..<begin]
            rest = rest[begin...]
            let name = rest.prefix { $0.isLetter || $0.isNumber || "-_.%[]".contains($0) }
            guard name.endIndex < rest.endIndex, rest[name.endIndex] == "=", isSecret(name) else { continue }
            let start = rest.index(after: name.endIndex)
            let value = rest[start...].prefix { !$0.isWhitespace && !"&#\"'<>;,)".contains($0) }
            guard !value.isEmpty else { continue }
            found(String(value))
            masked += rest[..<start] + Secret.mask
            rest = rest[value.endIndex...]
        }
        return masked + rest
    }
}
