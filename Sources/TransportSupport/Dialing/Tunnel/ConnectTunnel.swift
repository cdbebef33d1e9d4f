package import NIOCore
package import RPCCore

/// The method CONNECT of HTTP/1.1 (RFC 9110, 9.3.6), with credentials by RFC 7617.
///
/// The answer's head may be as long as ``headLimit``; an answer that refuses is not read beyond its head.
package struct ConnectTunnel: Tunnel {
    /// The longest head that is read, in bytes.
    package static let headLimit = 16 * 1024

    private let target: String
    private let authorization: Secret?

    /// - Parameters:
    ///   - target: `host:port`, an IPv6 address in brackets.
    ///   - authorization: The value of `Proxy-Authorization`.
    package init(to target: String, authorization: Secret?) {
        self.target = target
        self.authorization = authorization
    }

    package var stage: String { "CONNECT" }

    package func begin() -> ByteBuffer {
        let credentials = authorization.map { "Proxy-Authorization: \($0.reveal())\r\n" } ?? ""
        return ByteBuffer(
            string: "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nUser-Agent: greeter-tui\r\n\(credentials)\r\n")
    }

    package mutating func read(_ buffer: inout ByteBuffer) throws -> TunnelStep {
        let bytes = buffer.readableBytesView
        // Whatever it is, it does not begin as a status line does.
        guard zip(bytes, "HTTP/1.".utf8).allSatisfy(==) else { throw foreign }
        guard let end = Self.end(of: bytes) else {
            guard bytes.count <= Self.headLimit else {
                throw TunnelRefusal(
                    .foreign, "answered CONNECT with a head of more than \(Self.headLimit / 1024) KiB",
                    advice: "check that it is an HTTP proxy")
            }
            return .wait
        }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let line = head.prefix { $0 != "\r\n" && $0 != "\n" }
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]) else { throw foreign }
        buffer.moveReaderIndex(forwardBy: bytes.distance(from: bytes.startIndex, to: end))
        if (100..<200).contains(status) { return try read(&buffer) }
        guard (200..<300).contains(status) else {
            let said = String(line.dropFirst(words[0].count + 1))
            throw Self.refusal(status, said, isKnown: authorization != nil, target)
        }
        return .open
    }

    /// Where the head ends: after an empty line, whichever way lines end.
    private static func end(of bytes: ByteBufferView) -> ByteBufferView.Index? {
        var lineStart = bytes.startIndex
        while let newline = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[lineStart..<newline]
            lineStart = bytes.index(after: newline)
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return lineStart }
        }
        return nil
    }

    private var foreign: TunnelRefusal {
        TunnelRefusal(
            .foreign, "does not answer CONNECT as an HTTP proxy does",
            advice: "check that it is an HTTP proxy: a SOCKS proxy is socks5://, one behind TLS https://")
    }

    /// - Parameter isKnown: Whether the proxy was told who asks.
    static func refusal(_ status: Int, _ text: String, isKnown: Bool, _ target: String) -> TunnelRefusal {
        let said = "answered HTTP \(Quote.bounded(text))"
        return switch status {
        // Some say 401 where they do not like the password.
        case 401, 407:
            TunnelRefusal(
                .credentials, said,
                advice: !isKnown
                    ? "give it a user and a password: http://USER:PASSWORD@HOST:PORT"
                    : "check the user and the password in its address; only Basic is spoken (RFC 7617)")
        case 403, 405:
            TunnelRefusal(
                .forbidden, said,
                advice: "it allows no connection to \(target): allow it there, or go around with NO_PROXY")
        case 404, 500...599:
            TunnelRefusal(
                .unreachable, said, advice: "check that the server runs, and that the proxy can reach \(target)")
        default: TunnelRefusal(.foreign, said, advice: "check that it is an HTTP proxy")
        }
    }
}
