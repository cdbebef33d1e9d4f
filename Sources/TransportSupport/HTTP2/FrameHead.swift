import NIOCore

/// What stands before the payload of each frame of HTTP/2 (RFC 9113, 4.1).
struct FrameHead {
    /// How many bytes a head has.
    static let size = 9

    /// How many bytes of payload follow.
    let length: Int
    let type: UInt8
    let flags: UInt8
    /// 0 for the connection itself.
    let stream: UInt32

    /// - Returns: `nil` where the bytes from `offset` are fewer than a head has.
    init?(_ bytes: ByteBuffer, at offset: Int) {
        guard
            let (word, flags, stream) = bytes.getMultipleIntegers(
                at: offset, endianness: .big, as: (UInt32, UInt8, UInt32).self)
        else { return nil }
        length = Int(word >> 8)
        type = UInt8(truncatingIfNeeded: word)
        self.flags = flags
        // The highest bit is reserved, and ignored.
        self.stream = stream & 0x7FFF_FFFF
    }

    /// A PING that asks to be answered (RFC 9113, 6.7). One that is malformed is not meant.
    var isQuestion: Bool { type == 0x6 && flags & 0x1 == 0 && length == PingAnswerer.payloadSize && stream == 0 }

    /// Whether a header block is open after this frame: begun or gone on with by HEADERS, PUSH_PROMISE or CONTINUATION, and not
    /// ended by END_HEADERS (RFC 9113, 4.3). `nil` for a frame that carries no part of one.
    var leavesHeadersOpen: Bool? {
        switch type {
        case 0x1, 0x5, 0x9: flags & 0x4 == 0
        default: nil
        }
    }
}
