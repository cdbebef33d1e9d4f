/// The fields of a message of protocol buffers, in the order in which they are written
/// (https://protobuf.dev/programming-guides/encoding). For who knows a message by its numbers: groups are none of those.
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

    private var reader: WireReader
    /// Whether the bytes are no message from some point on.
    package private(set) var isMalformed = false

    package init(_ bytes: UnsafeRawBufferPointer) {
        reader = WireReader(bytes)
    }

    /// The next field; `nil` at the end, and where the bytes are malformed.
    package mutating func next() -> Field? {
        guard !isMalformed, !reader.isAtEnd else { return nil }
        do throws(WireFault) {
            let tag = try reader.tag()
            switch tag.type {
            case .varint: return Field(number: tag.number, value: try reader.varint())
            case .fixed32: return Field(number: tag.number, value: UInt64(try reader.fixed32()))
            case .fixed64: return Field(number: tag.number, value: try reader.fixed64())
            case .length: return Field(number: tag.number, bytes: try reader.lengthBytes())
            case .startGroup, .endGroup: isMalformed = true
            }
        } catch {
            isMalformed = true
        }
        return nil
    }
}
