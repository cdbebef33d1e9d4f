import NIOCore
import NIOWebSocket

/// Puts messages together from frames, by the rules of RFC 6455, 5, for a client's text messages.
struct MessageAssembly {
    /// The longest message that is taken, in bytes.
    static let limit = 16 * 1024 * 1024

    private var fragments: ByteBuffer?

    /// What a frame amounts to.
    enum Step {
        case message(ByteBuffer)
        case incomplete
        case ping(ByteBuffer)
        case pong
        /// The payload as it came, to be echoed.
        case close(ByteBuffer)
        /// A frame or message that the dialect does not know.
        case binary
        case tooLong
        case violation
    }

    mutating func take(_ frame: WebSocketFrame) -> Step {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .violation }
        switch frame.opcode {
        case .text: return fragments == nil ? start(frame) : .violation
        case .continuation: return fragments == nil ? .violation : resume(frame)
        case .binary: return fragments == nil ? .binary : .violation
        case .ping: return .ping(frame.unmaskedData)
        case .pong: return .pong
        case .connectionClose:
            let payload = frame.unmaskedData
            return isCloseValid(payload) ? .close(payload) : .violation
        default: return .violation
        }
    }

    private mutating func start(_ frame: WebSocketFrame) -> Step {
        let data = frame.unmaskedData
        if frame.fin { return .message(data) }
        fragments = data
        return .incomplete
    }

    private mutating func resume(_ frame: WebSocketFrame) -> Step {
        guard var message = fragments else { return .violation }
        // The only reference, so that appending does not copy what came before.
        fragments = nil
        var data = frame.unmaskedData
        guard message.readableBytes + data.readableBytes <= Self.limit else { return .tooLong }
        message.writeBuffer(&data)
        if frame.fin { return .message(message) }
        fragments = message
        return .incomplete
    }

    /// RFC 6455, 5.5.1 and 7.4: nothing, or a code that may be sent and a reason in UTF-8.
    private func isCloseValid(_ payload: ByteBuffer) -> Bool {
        guard payload.readableBytes > 0 else { return true }
        guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) else { return false }
        let isCodeValid = [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(code) }
        return isCodeValid && String(validating: payload.readableBytesView.dropFirst(2), as: UTF8.self) != nil
    }
}
