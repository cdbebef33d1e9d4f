package import GreeterCore

/// The headers or the metadata of a person's own, checked: none can smuggle in another, or stand in for one that the
/// client sets.
package struct RequestHeaders: Sendable {
    /// In order; the token, if any, first.
    package let entries: [(name: String, value: String)]

    /// - Parameters:
    ///   - token: Sent as `Authorization: Bearer`.
    ///   - allowsPlaintextToken: Whether credentials may go over plain text to another machine too.
    ///   - own: Headers of the configuration and of the call.
    /// - Throws: ``CallError`` that names what is wrong, and never a value.
    package init(
        server: ServerAddress, token: Secret?, allowsPlaintextToken: Bool, own: [MetadataEntry], rules: HeaderRules
    ) throws(CallError) {
        var entries: [(name: String, value: String)] = []
        if let token { entries.append(("Authorization", "Bearer " + token.reveal())) }
        entries += own.map { ($0.name, $0.value) }
        for entry in entries { try rules.check(entry.name, entry.value) }
        try Self.checkCredentials(entries, server: server, isAllowed: allowsPlaintextToken)
        self.entries = entries
    }

    private static func checkCredentials(
        _ entries: [(name: String, value: String)], server: ServerAddress, isAllowed: Bool
    ) throws(CallError) {
        guard !server.scheme.isSecure, !server.isLoopback, !isAllowed,
            entries.contains(where: { $0.name.lowercased() == "authorization" })
        else { return }
        throw CallError(
            .failedPrecondition, "a token would travel to \(server.host) over plain text", at: .connect,
            advice: "use \(server.beginning(in: server.scheme.secured)), or allow tokens over plain text explicitly")
    }
}

/// What a protocol allows in the names and the values of its headers.
package struct HeaderRules: Sendable {
    /// Names that belong to the client, in lower case.
    private let reserved: Set<String>
    /// The beginning of names that belong to the protocol.
    private let reservedPrefix: String?
    /// Whether a value may have bytes beyond ASCII.
    private let allowsObsoleteText: Bool

    /// HTTP/1.1 (RFC 9110, 5.5 and 5.6.2) and the WebSocket handshake.
    package static let http = HeaderRules(
        reserved: framing.union([
            "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
            "sec-websocket-protocol", "sec-websocket-accept",
        ]),
        reservedPrefix: nil, allowsObsoleteText: true)

    /// gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Custom-Metadata).
    package static let grpc = HeaderRules(
        reserved: framing.union(["upgrade"]), reservedPrefix: "grpc-", allowsObsoleteText: false)

    private static let framing: Set<String> = [
        "connection", "content-length", "content-type", "host", "transfer-encoding", "te", "trailer",
    ]

    fileprivate func check(_ name: String, _ value: String) throws(CallError) {
        guard Self.isToken(name) else {
            throw refusal("the header name \(Quote.beginning(of: name)) has characters that are not allowed in it")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw refusal("the value of the header '\(name)' has a line break or another control character")
        }
        guard allowsObsoleteText || value.utf8.allSatisfy({ $0 < 0x7F }) else {
            throw refusal("the value of the header '\(name)' has a character beyond ASCII")
        }
        let lowered = name.lowercased()
        guard !reserved.contains(lowered), reservedPrefix.map({ !lowered.hasPrefix($0) }) ?? true else {
            throw refusal("the header '\(name)' is set by the client itself")
        }
    }

    private func refusal(_ cause: String) -> CallError {
        CallError(.invalidArgument, cause, at: .send, advice: "correct the headers or the token")
    }

    /// Whether a name is a token (RFC 9110, 5.6.2).
    package static func isToken(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isTokenByte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
