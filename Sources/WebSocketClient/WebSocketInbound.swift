package import NIOCore

/// What a WebSocket server sent, frame by frame, with fragmented messages put together.
package enum WebSocketInbound: Hashable, Sendable {
    /// A text message, its UTF-8 not yet checked.
    case text(ByteBuffer)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong(ByteBuffer)
    /// A CLOSE frame; the code is `nil` when the frame has none.
    case close(code: UInt16?, reason: String)
    /// The server broke the protocol: nothing more can be read.
    case violation(WebSocketViolation)
    /// The server ended the connection without a CLOSE frame.
    case endOfFile(isInsideMessage: Bool)
}

/// How a server broke the WebSocket protocol, and the code of the CLOSE frame that says so (RFC 6455, 7.4.1).
package struct WebSocketViolation: Error, Hashable, Sendable {
    package let closeCode: UInt16
    /// As one sentence without a full stop.
    package let cause: String

    /// Code 1002: the frame is not allowed.
    /// - Parameter section: of RFC 6455.
    static func frame(_ cause: String, section: String) -> WebSocketViolation {
        WebSocketViolation(closeCode: 1002, cause: "\(cause) (RFC 6455, \(section))")
    }

    /// Code 1007: text that is not UTF-8.
    package static let invalidText = WebSocketViolation(
        closeCode: 1007, cause: "the server sent a text message that is not UTF-8 (RFC 6455, 8.1)")

    /// Code 1007: the reason of a CLOSE frame that is not UTF-8.
    static let invalidReason = WebSocketViolation(
        closeCode: 1007, cause: "the server closed with a reason that is not UTF-8 (RFC 6455, 5.5.1)")

    /// Code 1009: a message that is too long to be taken.
    static func oversize(_ size: UInt64, limit: Int) -> WebSocketViolation {
        WebSocketViolation(
            closeCode: 1009, cause: "the server sent a message of \(size) bytes or more; the limit is \(limit)")
    }
}
