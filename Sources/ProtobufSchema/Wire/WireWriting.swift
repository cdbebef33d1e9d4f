/// Writes values in the wire format (https://protobuf.dev/programming-guides/encoding).
extension [UInt8] {
    mutating func append(varint value: UInt64) {
        var value = value
        while value > 0x7F {
            append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        append(UInt8(value))
    }

    mutating func append(tag number: Int, _ type: WireType) {
        append(varint: UInt64(number) << 3 | UInt64(type.rawValue))
    }

    mutating func append<Integer: FixedWidthInteger>(fixed value: Integer) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func append(_ number: Int, bytes: some Collection<UInt8>) {
        append(tag: number, .length)
        append(varint: UInt64(bytes.count))
        append(contentsOf: bytes)
    }
}
