/// The fields of a message of protocol buffers, in the order in which they are written
/// (https://protobuf.dev/programming-guides/encoding).
package struct ProtobufFields {
    package struct Field {
        package var number: Int
        /// The value of a field that has a length; `nil` for a number.
        package var bytes: UnsafeRawBufferPointer?
        /// The value of a number.
        package var value: UInt64 = 0

        /// The value as text; `nil` for a number, and for bytes that are no UTF-8.
        package var text: String? { bytes.flatMap { String(validating: $0, as: UTF8.self) } }
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// Whether the bytes are no message from some point on.
    package private(set) var isMalformed = false

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next field; `nil` at the end, and where the bytes are malformed.
    package mutating func next() -> Field? {
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
