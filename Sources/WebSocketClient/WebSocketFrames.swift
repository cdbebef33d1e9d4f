package import NIOCore
package import NIOWebSocket
package import RPCCore

/// Writes frames one after another into one buffer, so that a batch of them is one write.
///
/// Every frame of a client is masked with a key of its own from a strong source (RFC 6455, 5.3).
package struct WebSocketFrames {
    private var bytes: ByteBuffer
    private var keys = MaskingKeys()
    private var runs: WebSocketRuns

    /// - Parameter wire: Where the frames are told of.
    package init(capacity: Int = 256, telling wire: TappedConnection? = nil) {
        bytes = ByteBufferAllocator().buffer(capacity: capacity)
        runs = WebSocketRuns(wire, .sent)
    }

    /// The frames, about to be sent.
    package mutating func finish() -> ByteBuffer {
        runs.tell()
        return bytes
    }

    /// Appends a text message.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(.text, UnsafeRawBufferPointer($0)) }
    }

    /// Appends a text message that is there as UTF-8.
    package mutating func append(text: [UInt8]) {
        text.withUnsafeBytes { append(.text, $0) }
    }

    /// Appends a CLOSE frame.
    package mutating func append(closeCode: UInt16) {
        withUnsafeBytes(of: closeCode.bigEndian) { append(.connectionClose, $0) }
    }

    /// Appends the answer to a ping: a pong with the same payload (RFC 6455, 5.5.3).
    package mutating func append(pong payload: ByteBuffer) {
        payload.withUnsafeReadableBytes { append(.pong, $0) }
    }

    /// Appends a ping with a number as its payload (RFC 6455, 5.5.2).
    package mutating func append(ping number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { append(.ping, $0) }
    }

    /// Appends a frame of any kind.
    package mutating func append(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        if runs.isListening { runs.note(opcode, isFinal: true, payload) }
        bytes.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch payload.count {
        case ...125:
            bytes.writeInteger(0x80 | UInt8(payload.count))
        case ...Int(UInt16.max):
            bytes.writeMultipleIntegers(UInt8(0x80 | 126), UInt16(payload.count))
        default:
            bytes.writeMultipleIntegers(UInt8(0x80 | 127), UInt64(payload.count))
        }
        let key = keys.next()
        bytes.writeInteger(key, endianness: .host)
        appendMasked(payload, key: key)
    }

    private mutating func appendMasked(_ payload: UnsafeRawBufferPointer, key: UInt32) {
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: payload.count) { target in
            let whole = payload.count & ~3
            for offset in stride(from: 0, to: whole, by: 4) {
                let word = payload.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                target.storeBytes(of: word ^ key, toByteOffset: offset, as: UInt32.self)
            }
            withUnsafeBytes(of: key) { key in
                for offset in whole..<payload.count { target[offset] = payload[offset] ^ key[offset & 3] }
            }
            return payload.count
        }
    }
}
