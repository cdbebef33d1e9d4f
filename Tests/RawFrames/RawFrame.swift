package import NIOCore

/// A frame of HTTP/2 as bytes, right or wrong, made without any library for HTTP/2 (RFC 9113, 4.1).
package struct RawFrame: Equatable, Sendable, CustomStringConvertible {
    package enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    package var type: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    package init(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
        (self.type, self.flags, self.stream, self.payload) = (type, flags, stream, payload)
    }

    package init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        self.init(type: kind.rawValue, flags: flags, stream: stream, payload: payload)
    }

    package var kind: Kind? { Kind(rawValue: type) }
    /// Whether it is the last frame of its direction of a stream.
    package var endsStream: Bool { type <= Kind.headers.rawValue && flags & 1 != 0 }
    package var isAcknowledgement: Bool { flags & 1 != 0 }
    /// The first four bytes of the payload: the code of RST_STREAM, the increment of WINDOW_UPDATE, the last stream of GOAWAY.
    package var number: UInt32 { payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    /// The code of GOAWAY.
    package var code: UInt32 { payload.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt32(payload.count) << 8 | UInt32(type))
        buffer.writeInteger(flags)
        buffer.writeInteger(stream)
        buffer.writeBytes(payload)
        return Array(buffer.readableBytesView)
    }

    package var description: String {
        "\(kind.map { "\($0)" } ?? "\(type)") flags \(flags) stream \(stream) (\(payload.count))"
    }
}

// Usual ones.
extension RawFrame {
    /// What a client says before its first frame.
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    package static func settings(_ values: (UInt16, UInt32)...) -> RawFrame {
        RawFrame(.settings, values.flatMap { bytes(of: $0.0) + bytes(of: $0.1) })
    }
    package static let settingsAcknowledgement = RawFrame(.settings, flags: 1)

    package static func ping(_ number: Int) -> RawFrame { RawFrame(.ping, bytes(of: UInt64(number))) }

    package static func data(_ bytes: [UInt8], stream: UInt32 = 1, ends: Bool = false) -> RawFrame {
        RawFrame(.data, flags: ends ? 1 : 0, stream: stream, bytes)
    }
    package static func reset(_ code: UInt32, stream: UInt32 = 1) -> RawFrame {
        RawFrame(.reset, stream: stream, bytes(of: code))
    }
    package static func windowUpdate(_ increment: UInt32, stream: UInt32) -> RawFrame {
        RawFrame(.windowUpdate, stream: stream, bytes(of: increment))
    }
    package static func goAway(last: UInt32, code: UInt32, _ text: String = "") -> RawFrame {
        RawFrame(.goAway, bytes(of: last) + bytes(of: code) + Array(text.utf8))
    }

    package static func headers(_ block: [UInt8], flags: UInt8 = 4, stream: UInt32 = 1) -> RawFrame {
        RawFrame(.headers, flags: flags, stream: stream, block)
    }
    package static func headers(
        _ fields: [(String, String)], stream: UInt32 = 1, ends: Bool = false, isWhole: Bool = true
    ) -> RawFrame {
        .headers(block(fields), flags: (ends ? 1 : 0) | (isWhole ? 4 : 0), stream: stream)
    }

    /// A header block of literal fields without Huffman code (RFC 7541, 6.2.2).
    package static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + literal($0.0) + literal($0.1) }
    }

    /// A text of HPACK without Huffman code (RFC 7541, 5.2).
    package static func literal(_ text: String) -> [UInt8] {
        let count = text.utf8.count
        guard count >= 127 else { return [UInt8(count)] + Array(text.utf8) }
        var (length, rest): ([UInt8], Int) = ([127], count - 127)
        while rest >= 128 {
            length.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return length + [UInt8(rest)] + Array(text.utf8)
    }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Cuts what is read into frames.
package struct RawFrameReader {
    private var bytes = ByteBuffer()

    package init() {}

    package mutating func add(_ more: ByteBuffer) {
        bytes.writeImmutableBuffer(more)
    }

    /// Leaves out what is no frame.
    package mutating func skip(_ count: Int) -> Bool { bytes.readSlice(length: count) != nil }

    package mutating func next() -> RawFrame? {
        guard let word: UInt32 = bytes.getInteger(at: bytes.readerIndex),
            bytes.readableBytes >= 9 + Int(word >> 8),
            let (_, flags, stream) = bytes.readMultipleIntegers(as: (UInt32, UInt8, UInt32).self),
            let payload = bytes.readBytes(length: Int(word >> 8))
        else { return nil }
        bytes.discardReadBytes()
        return RawFrame(
            type: UInt8(truncatingIfNeeded: word), flags: flags, stream: stream & 0x7FFF_FFFF, payload: payload)
    }
}
