import GreeterCore

/// Reads the messages that servers send all the time, some ten times as fast as a general JSON parser.
///
/// It knows objects with string and null values, nested as the dialect nests them, each known field at most once.
/// At anything else (other fields, other types, surrogate escapes, any error) it gives up, and the general parser decides.
struct FastMessageReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// - Returns: `nil` when the general parser must decide.
    static func read(_ text: String) -> ServerMessage? {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            var reader = FastMessageReader(bytes: bytes)
            return reader.readMessage()
        } ?? nil
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private struct Fields {
        var type: String?
        var message: String?
        var language: String??
        var data: HelloReply?
    }

    private mutating func readMessage() -> ServerMessage? {
        guard let fields = readObject(isOutermost: true) else { return nil }
        skipSpace()
        guard index == bytes.count else { return nil }
        switch (fields.type, fields.data, fields.message) {
        case ("response", let data?, nil): return .reply(data, isEnveloped: true)
        case ("complete", nil, nil): return .complete
        case (nil, let data?, nil): return .reply(data, isEnveloped: false)
        case (nil, nil, let message?):
            return .reply(HelloReply(message: message, language: fields.language ?? nil), isEnveloped: false)
        default: return nil
        }
    }

    private mutating func readObject(isOutermost: Bool) -> Fields? {
        guard take(UInt8(ascii: "{")) else { return nil }
        var fields = Fields()
        repeat {
            guard let name = readString(), take(UInt8(ascii: ":")) else { return nil }
            switch name {
            case "type" where isOutermost && fields.type == nil:
                guard let value = readString() else { return nil }
                fields.type = value
            case "data" where isOutermost && fields.data == nil:
                guard let object = readObject(isOutermost: false), let message = object.message else { return nil }
                fields.data = HelloReply(message: message, language: object.language ?? nil)
            case "message" where fields.message == nil:
                guard let value = readString() else { return nil }
                fields.message = value
            case "language" where fields.language == nil:
                guard let value = readStringOrNull() else { return nil }
                fields.language = .some(value)
            default: return nil
            }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? fields : nil
    }

    private mutating func readStringOrNull() -> String?? {
        skipSpace()
        guard bytes[index...].starts(with: "null".utf8) else { return readString().map { .some($0) } }
        index += 4
        return .some(nil)
    }

    private mutating func readString() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = index
        var hasEscapes = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let content = UnsafeBufferPointer(rebasing: bytes[start..<index])
                index += 1
                return hasEscapes ? Self.unescape(content) : String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += 2
            case ..<0x20: return nil
            default: index += 1
            }
        }
        return nil
    }

    private static func unescape(_ content: UnsafeBufferPointer<UInt8>) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                plain.append(content[index])
                index += 1
                continue
            }
            guard index + 1 < content.count else { return nil }
            switch content[index + 1] {
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case let byte where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/"):
                plain.append(byte)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(at: index + 2, in: content) else { return nil }
                plain.append(contentsOf: String(scalar).utf8)
                index += 4
            default: return nil
            }
            index += 2
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// The scalar of four hexadecimal digits; none for a surrogate, which is half of a pair.
    private static func scalar(at index: Int, in content: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        guard index + 4 <= content.count else { return nil }
        var value: UInt32 = 0
        for byte in content[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return Unicode.Scalar(value)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }
}
