/// A field of a message whose definition is known to who reads it.
struct RawField {
    var number: Int
    /// The value of a number.
    var value: UInt64 = 0
    /// The value of a field that has a length.
    var bytes: UnsafeRawBufferPointer?

    /// What has a length, as text. Bytes that are no UTF-8 do not cost the whole: some files have Latin-1 in a comment.
    var text: String { String(decoding: bytes ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self) }

    /// The value as a 32-bit number, of which the higher bits are cut off, as the format has it.
    var int32: Int { Int(Int32(truncatingIfNeeded: value)) }

    /// Reads the fields of a message within this one.
    func readFields(_ take: (RawField) throws(WireFault) -> Void) throws(WireFault) {
        guard let bytes else { throw WireFault("a message is expected", at: 0) }
        try RawField.read(bytes, take)
    }

    /// Reads the fields of a message. Groups are passed over.
    static func read(
        _ bytes: UnsafeRawBufferPointer, _ take: (RawField) throws(WireFault) -> Void
    ) throws(WireFault) {
        var reader = WireReader(bytes)
        while !reader.isAtEnd {
            let tag = try reader.tag()
            switch tag.type {
            case .varint: try take(RawField(number: tag.number, value: try reader.varint()))
            case .fixed32: try take(RawField(number: tag.number, value: UInt64(try reader.fixed32())))
            case .fixed64: try take(RawField(number: tag.number, value: try reader.fixed64()))
            case .length: try take(RawField(number: tag.number, bytes: try reader.lengthBytes()))
            case .startGroup, .endGroup: try reader.skip(tag, depth: DynamicMessage.maximumDepth)
            }
        }
    }
}

extension [UInt8] {
    /// Reads the fields of a message.
    func readFields(_ take: (RawField) throws(WireFault) -> Void) throws(WireFault) {
        try read { bytes throws(WireFault) in try RawField.read(bytes, take) }
    }

    /// `withUnsafeBytes` for what throws an error by its type.
    func read<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes { bytes in
            Swift.Result { () throws(Failure) in try body(bytes) }
        }.get()
    }
}
