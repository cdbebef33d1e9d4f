import GreeterCore
import NIOCore

/// Greetings as protocol buffers, written and read by hand: each message has two fields of text
/// (https://protobuf.dev/programming-guides/encoding).
enum GreeterWire {
    private static let first: UInt8 = 1 << 3 | 2
    private static let second: UInt8 = 2 << 3 | 2

    /// Appends a request.
    /// - Returns: how many bytes it has.
    static func write(_ request: HelloRequest, to buffer: inout ByteBuffer) -> Int {
        let before = buffer.writerIndex
        write(request.name, first, to: &buffer)
        write(request.language ?? "", second, to: &buffer)
        return buffer.writerIndex - before
    }

    private static func write(_ text: String, _ tag: UInt8, to buffer: inout ByteBuffer) {
        // A field that is empty is left out, as proto3 has it.
        guard !text.isEmpty else { return }
        buffer.writeInteger(tag)
        var count = text.utf8.count
        while count > 0x7F {
            buffer.writeInteger(UInt8(count & 0x7F | 0x80))
            count >>= 7
        }
        buffer.writeInteger(UInt8(count))
        buffer.writeString(text)
    }

    /// Reads a reply.
    /// - Throws: ``CallError`` for bytes that are none.
    static func reply(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> HelloReply {
        var fields = ProtobufFields(bytes)
        var reply = HelloReply(message: "")
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, let text?): reply.message = try Self.text(text, of: bytes)
            case (2, let text?):
                let language = try Self.text(text, of: bytes)
                reply.language = language.isEmpty ? nil : language
            case (1...2, nil): throw noReply(bytes)
            default: break
            }
        }
        guard !fields.isMalformed else { throw noReply(bytes) }
        return reply
    }

    private static func text(
        _ text: UnsafeRawBufferPointer, of whole: UnsafeRawBufferPointer
    ) throws(CallError) -> String {
        guard let text = String(validating: text, as: UTF8.self) else { throw noReply(whole) }
        return text
    }

    private static func noReply(_ bytes: UnsafeRawBufferPointer) -> CallError {
        CallError(
            .internal, "a message of \(bytes.count) bytes is no reply: it does not fit the service's definition",
            at: .decode, advice: "check the method: another service may answer there")
    }
}

/// The fields of a message of protocol buffers, in the order in which they are written.
struct ProtobufFields {
    struct Field {
        var number: Int
        /// The value of a field that has a length; `nil` for a number.
        var bytes: UnsafeRawBufferPointer?
        /// The value of a number.
        var value: UInt64 = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// Whether the bytes are no message from some point on.
    private(set) var isMalformed = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next field; `nil` at the end, and where the bytes are malformed.
    mutating func next() -> Field? {
        guard offset < bytes.count else { return nil }
        guard let key = varint(), key >> 3 > 0, key >> 3 <= 0x1FFF_FFFF else { return fail() }
        let number = Int(key >> 3)
        switch key & 7 {
        case 0:
            guard let value = varint() else { return fail() }
            return Field(number: number, value: value)
        case 1: return take(8).map { Field(number: number, value: $0.loadUnaligned(as: UInt64.self)) }
        case 2:
            guard let length = varint(), length <= UInt64(bytes.count) else { return fail() }
            return take(Int(length)).map { Field(number: number, bytes: $0) }
        case 5: return take(4).map { Field(number: number, value: UInt64($0.loadUnaligned(as: UInt32.self))) }
        default: return fail()
        }
    }

    private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard bytes.count - offset >= count else {
            isMalformed = true
            return nil
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    private mutating func varint() -> UInt64? {
        var (value, shift) = (0 as UInt64, 0 as UInt64)
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private mutating func fail() -> Field? {
        isMalformed = true
        return nil
    }
}
