package import NIOCore

/// Fields of protocol buffers (https://protobuf.dev/programming-guides/encoding).
extension ByteBuffer {
    /// Appends a field with a length.
    package mutating func writeField(_ number: Int, _ text: String) {
        writeHead(number, length: text.utf8.count)
        writeString(text)
    }

    /// Appends a field with a length: bytes, or a message.
    package mutating func writeField(_ number: Int, _ bytes: some Sequence<UInt8>, count: Int) {
        writeHead(number, length: count)
        writeBytes(bytes)
    }

    /// Appends a field that is a message.
    package mutating func writeField(_ number: Int, _ message: ByteBuffer) {
        writeHead(number, length: message.readableBytes)
        writeImmutableBuffer(message)
    }

    /// Appends a field that is a number.
    package mutating func writeField(_ number: Int, value: UInt64) {
        writeVarint(UInt64(number) << 3)
        writeVarint(value)
    }

    /// Appends what comes before the bytes of a field with a length, so that they can follow in pieces.
    package mutating func writeHead(_ number: Int, length: Int) {
        writeVarint(UInt64(number) << 3 | 2)
        writeVarint(UInt64(length))
    }

    private mutating func writeVarint(_ value: UInt64) {
        var value = value
        while value > 0x7F {
            writeInteger(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        writeInteger(UInt8(value))
    }
}
