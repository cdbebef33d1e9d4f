/// Which headers, or metadata of gRPC, a user may set, and what they may hold.
///
/// Settings are checked by it as early as that can be, and transports check by it what they send: whoever refuses a header refuses it
/// in the same words. They name the header, and never hold its value.
package enum HeaderRule {
    /// Why a header of this name may not be set, whatever it is sent over; `nil` where it may.
    @Sendable package static func problem(withName name: String) -> String? {
        guard isToken(name) else { return "'\(name.prefix(64))' is not the name of a header" }
        return switch name.lowercased() {
        // What frames a message, in HTTP/1.1, in HTTP/2 or in gRPC, and the handshake of a WebSocket.
        case "host", "connection", "content-length", "content-type", "transfer-encoding", "upgrade", "te", "trailer",
            "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-accept":
            "\(name): the program sets it itself"
        case "sec-websocket-protocol": "\(name): use --subprotocol, or the setting 'subprotocols'"
        default: nil
        }
    }

    /// Why no header may have this value; `nil` where one may. No control characters but the tab (RFC 9110, 5.5).
    package static func problem(withValue value: String) -> String? {
        let isAllowed = value.unicodeScalars.allSatisfy { $0 == "\t" || $0.properties.generalCategory != .control }
        return isAllowed ? nil : "the value of a header holds no line break and no control character"
    }

    /// Why a header may not be sent in a dialect; `nil` where it may.
    ///
    /// gRPC keeps names for itself, and has only ASCII in values, unless they stand for bytes (PROTOCOL-HTTP2.md, Custom-Metadata).
    package static func problem(with header: MetadataEntry, in dialect: ServerAddress.Dialect) -> String? {
        let name = header.name
        if let problem = problem(withName: name) { return problem }
        guard dialect == .grpc else { return problem(withValue: header.value).map { "\(name): \($0)" } }
        if name.lowercased().hasPrefix("grpc-") {
            return "\(name): gRPC keeps names that begin with 'grpc-' for itself"
        }
        if BinaryMetadata.isBinary(name) {
            return BinaryMetadata.encoded(header.value) == nil
                ? "\(name): the value is not what it says; write bytes as hex:00ff or base64:AP8, or text as it is"
                : nil
        }
        if let problem = problem(withValue: header.value) { return "\(name): \(problem)" }
        return header.value.utf8.allSatisfy { $0 < 0x7F }
            ? nil : "\(name): over gRPC a value beyond ASCII needs a name that ends in -bin"
    }

    /// Whether a text is a token (RFC 9110, 5.6.2), as the names of headers and of subprotocols are.
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
