/// A frame as bytes, right or wrong, made and read without any library (RFC 9113, 4.1).
struct Frame: Equatable, Sendable, CustomStringConvertible {
    enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    var type: UInt8
    var flags: UInt8
    var stream: UInt32
    var payload: [UInt8]

    init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        (type, self.flags, self.stream, self.payload) = (kind.rawValue, flags, stream, payload)
    }

    var kind: Kind? { Kind(rawValue: type) }
    var endsStream: Bool { flags & 1 != 0 }
    var isAcknowledgement: Bool { flags & 1 != 0 }
    /// The first four bytes of the payload: the code of RST_STREAM, the increment of WINDOW_UPDATE, the last stream of GOAWAY.
    var number: UInt32 { payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    /// The code of GOAWAY.
    var code: UInt32 { payload.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    var bytes: [UInt8] {
        let length = UInt32(payload.count)
        return [UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags] + stream.bytes
            + payload
    }

    var description: String {
        "\(kind.map { "\($0)" } ?? "\(type)") flags \(flags) stream \(stream) (\(payload.count))"
    }

    // MARK: Usual ones

    static func settings(_ values: (UInt16, UInt32)...) -> Frame {
        Frame(.settings, values.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xFF)] + $0.1.bytes })
    }
    static let settingsAcknowledgement = Frame(.settings, flags: 1)
    static func data(_ bytes: [UInt8], stream: UInt32 = 1, ends: Bool = false) -> Frame {
        Frame(.data, flags: ends ? 1 : 0, stream: stream, bytes)
    }
    static func reset(_ code: UInt32, stream: UInt32 = 1) -> Frame { Frame(.reset, stream: stream, code.bytes) }
    static func windowUpdate(_ increment: UInt32, stream: UInt32) -> Frame {
        Frame(.windowUpdate, stream: stream, increment.bytes)
    }
    static func goAway(last: UInt32, code: UInt32, _ text: String = "") -> Frame {
        Frame(.goAway, last.bytes + code.bytes + Array(text.utf8))
    }
    static func headers(_ fields: [(String, String)], stream: UInt32 = 1, ends: Bool = false, isWhole: Bool = true)
        -> Frame
    {
        Frame(.headers, flags: (ends ? 1 : 0) | (isWhole ? 4 : 0), stream: stream, Frame.block(fields))
    }

    /// A header block of literal fields without Huffman code (RFC 7541, 6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + text($0.0) + text($0.1) }
    }

    private static func text(_ text: String) -> [UInt8] {
        var rest = text.utf8.count
        var bytes: [UInt8] = []
        if rest < 127 {
            bytes = [UInt8(rest)]
        } else {
            bytes = [127]
            rest -= 127
            while rest >= 128 {
                bytes.append(UInt8(rest % 128 + 128))
                rest /= 128
            }
            bytes.append(UInt8(rest))
        }
        return bytes + Array(text.utf8)
    }
}

extension UInt32 {
    var bytes: [UInt8] { [UInt8(self >> 24), UInt8(self >> 16 & 0xFF), UInt8(self >> 8 & 0xFF), UInt8(self & 0xFF)] }
}
