package import NIOCore
import NIOWebSocket
package import RPCCore

/// Reads the frames of a WebSocket server and puts fragmented messages together.
///
/// NIO's decoder hands over one frame at a time and does not say how long a refused frame is; this one parses all that
/// a read brought, checks what a client must check, and names the rule that was broken.
/// Memory: one message of at most `limit` bytes, and the bytes of a frame that is not yet complete.
package struct WebSocketParser {
    private let limit: Int
    /// The message whose fragments are arriving.
    private var partial: (opcode: WebSocketOpcode, payload: ByteBuffer)?
    private var runs: WebSocketRuns

    /// - Parameter wire: Where the frames are told of.
    package init(limit: Int, telling wire: TappedConnection? = nil) {
        self.limit = limit
        runs = WebSocketRuns(wire, .received)
    }

    /// Tells of the frames of a read that is over.
    package mutating func endRead() { runs.tell() }

    /// Whether a fragmented message is unfinished.
    package var isInsideMessage: Bool { partial != nil }

    /// Takes one frame from the front of `buffer` if it is there whole.
    /// - Returns: `nil` when more bytes are needed; `.some(nil)` for a fragment that finishes nothing yet.
    package mutating func next(from buffer: inout ByteBuffer) throws(WebSocketViolation) -> WebSocketInbound?? {
        var ahead = buffer
        guard let first = ahead.readInteger(as: UInt8.self), let second = ahead.readInteger(as: UInt8.self) else {
            return nil
        }
        let header = try FrameHeader(first: first, second: second)
        guard let length = try readLength(header, from: &ahead) else { return nil }
        try check(header, length: length)
        guard let payload = ahead.readSlice(length: Int(length)) else { return nil }
        buffer = ahead
        if runs.isListening {
            payload.withUnsafeReadableBytes { runs.note(header.opcode, isFinal: header.isFinal, $0) }
        }
        return .some(try take(header, payload))
    }

    private struct FrameHeader {
        let isFinal: Bool
        let opcode: WebSocketOpcode
        let shortLength: UInt8

        init(first: UInt8, second: UInt8) throws(WebSocketViolation) {
            guard first & 0x70 == 0 else {
                throw .frame("the server set reserved bits of a frame without an extension", section: "5.2")
            }
            let number = first & 0x0F
            guard let opcode = WebSocketOpcode(encodedWebSocketOpcode: number), [0, 1, 2, 8, 9, 10].contains(number)
            else {
                throw .frame("the server sent a frame with the unknown opcode \(number)", section: "5.2")
            }
            guard second & 0x80 == 0 else { throw .frame("the server sent a masked frame", section: "5.1") }
            self.isFinal = first & 0x80 != 0
            self.opcode = opcode
            self.shortLength = second
        }

        var isControl: Bool { opcode == .connectionClose || opcode == .ping || opcode == .pong }
    }

    private func readLength(
        _ header: FrameHeader, from buffer: inout ByteBuffer
    ) throws(WebSocketViolation) -> UInt64? {
        switch header.shortLength {
        case 126:
            guard let length = buffer.readInteger(as: UInt16.self) else { return nil }
            guard length > 125 else { throw .frame("the server wrote a length longer than needed", section: "5.2") }
            return UInt64(length)
        case 127:
            guard let length = buffer.readInteger(as: UInt64.self) else { return nil }
            guard length > UInt64(UInt16.max), length >> 63 == 0 else {
                throw .frame("the server wrote a length longer than needed or allowed", section: "5.2")
            }
            return length
        default:
            return UInt64(header.shortLength)
        }
    }

    private func check(_ header: FrameHeader, length: UInt64) throws(WebSocketViolation) {
        if header.isControl {
            guard header.isFinal else { throw .frame("the server sent a fragmented control frame", section: "5.5") }
            guard length <= 125 else {
                throw .frame("the server sent a control frame of \(length) bytes, more than 125", section: "5.5")
            }
        } else if header.opcode == .continuation {
            guard partial != nil else {
                throw .frame("the server continued a message that it had not begun", section: "5.4")
            }
        } else if partial != nil {
            throw .frame("the server began a message before it had finished another", section: "5.4")
        }
        let size = length + UInt64(partial?.payload.readableBytes ?? 0)
        guard header.isControl || size <= UInt64(limit) else { throw .oversize(size, limit: limit) }
    }

    private mutating func take(
        _ header: FrameHeader, _ payload: ByteBuffer
    ) throws(WebSocketViolation) -> WebSocketInbound? {
        switch header.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        case .connectionClose: return try Self.close(payload)
        case .continuation:
            partial?.payload.writeImmutableBuffer(payload)
            guard header.isFinal, let whole = partial else { return nil }
            partial = nil
            return Self.message(whole.opcode, whole.payload)
        default:
            guard !header.isFinal else { return Self.message(header.opcode, payload) }
            partial = (header.opcode, payload)
            return nil
        }
    }

    private static func message(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> WebSocketInbound {
        opcode == .binary ? .binary(payload) : .text(payload)
    }

    private static func close(_ payload: ByteBuffer) throws(WebSocketViolation) -> WebSocketInbound {
        var payload = payload
        guard payload.readableBytes != 1 else {
            throw .frame("the server sent a CLOSE frame with half a code", section: "5.5.1")
        }
        let code = payload.readInteger(as: UInt16.self)
        if let code, !CloseCode.isSendable(code) {
            throw .frame("the server closed with the code \(code), which no CLOSE frame may have", section: "7.4")
        }
        guard let reason = payload.withUnsafeReadableBytes({ String(utf8Text: $0) }) else { throw .invalidReason }
        return .close(code: code, reason: reason)
    }
}
