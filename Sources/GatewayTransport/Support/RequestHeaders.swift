import GreeterCore

/// The headers of a person's own, checked: none can smuggle in another, or stand in for one that the client sets.
struct RequestHeaders: Sendable {
    /// In order; the token, if any, first.
    let entries: [(name: String, value: String)]

    init(
        server: ServerAddress, configuration: GatewayConfiguration, metadata: [MetadataEntry]
    ) throws(CallError) {
        var entries: [(name: String, value: String)] = []
        if let token = configuration.token {
            entries.append(("Authorization", "Bearer " + token.reveal()))
        }
        entries += (configuration.headers + metadata).map { ($0.name, $0.value) }
        for entry in entries { try Self.check(entry.name, entry.value) }
        try Self.checkCredentials(entries, server: server, isAllowed: configuration.allowsPlaintextToken)
        self.entries = entries
    }

    /// The headers of the handshake and of the message framing belong to the client.
    private static let reserved: Set<String> = [
        "connection", "content-length", "content-type", "host", "transfer-encoding", "upgrade", "te", "trailer",
        "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol",
        "sec-websocket-accept",
    ]

    /// Checks a name (a token, RFC 9110, 5.6.2) and a value (no control characters, RFC 9110, 5.5).
    private static func check(_ name: String, _ value: String) throws(CallError) {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            throw refusal("the header name \(Quote.beginning(of: name)) has characters that are not allowed in it")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw refusal("the value of the header '\(name)' has a line break or another control character")
        }
        guard !reserved.contains(name.lowercased()) else {
            throw refusal("the header '\(name)' is set by the client itself")
        }
    }

    private static func refusal(_ cause: String) -> CallError {
        CallError(.invalidArgument, cause, at: .send, advice: "correct the headers or the token")
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func checkCredentials(
        _ entries: [(name: String, value: String)], server: ServerAddress, isAllowed: Bool
    ) throws(CallError) {
        guard !server.scheme.isSecure, !server.isLoopback, !isAllowed,
            entries.contains(where: { $0.name.lowercased() == "authorization" })
        else { return }
        throw CallError(
            .failedPrecondition, "a token would travel to \(server.host) over plain text", at: .connect,
            advice: "use https://, or allow tokens over plain text explicitly")
    }
}
