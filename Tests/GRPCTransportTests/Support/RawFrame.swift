import NIOCore

/// A frame of HTTP/2 as bytes (RFC 9113, 4.1).
struct RawFrame: Sendable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(payload.count) << 8 | UInt32(type))
        buffer.writeInteger(flags)
        buffer.writeInteger(stream)
        buffer.writeBytes(payload)
        return Array(buffer.readableBytesView)
    }

    /// What a client says before its first frame.
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = RawFrame(type: 0x4)
    static let settingsAck = RawFrame(type: 0x4, flags: 0x1)

    static func ping(_ number: Int) -> RawFrame {
        RawFrame(type: 0x6, payload: withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) })
    }

    var acknowledged: RawFrame {
        var frame = self
        frame.flags |= 0x1
        return frame
    }

    static func headers(_ block: [UInt8], flags: UInt8 = 0x4, stream: UInt32 = 1) -> RawFrame {
        RawFrame(type: 0x1, flags: flags, stream: stream, payload: block)
    }

    static func data(_ payload: [UInt8], stream: UInt32 = 1) -> RawFrame {
        RawFrame(type: 0x0, stream: stream, payload: payload)
    }
}

/// Cuts what is read into frames.
struct RawFrameReader {
    private var bytes = ByteBuffer()

    mutating func add(_ more: ByteBuffer) {
        bytes.writeImmutableBuffer(more)
    }

    /// Leaves out what is no frame.
    mutating func skip(_ count: Int) -> Bool { bytes.readSlice(length: count) != nil }

    mutating func next() -> RawFrame? {
        guard let word: UInt32 = bytes.getInteger(at: bytes.readerIndex),
            bytes.readableBytes >= 9 + Int(word >> 8),
            let (_, flags, stream) = bytes.readMultipleIntegers(as: (UInt32, UInt8, UInt32).self),
            let payload = bytes.readBytes(length: Int(word >> 8))
        else { return nil }
        return RawFrame(type: UInt8(truncatingIfNeeded: word), flags: flags, stream: stream, payload: payload)
    }
}
