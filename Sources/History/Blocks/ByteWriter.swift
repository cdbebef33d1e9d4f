import RPCCore

/// Writes the parts of a block: bytes, numbers of as many bytes as they need (LEB128), and runs of bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number that is not below zero.
    mutating func append(count: Int) {
        append(UInt64(max(0, count)))
    }

    /// A number that may be below zero: 0, -1, 1, -2 and so on are 0, 1, 2, 3.
    mutating func append(signed number: Int64) {
        append(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Bytes, after how many there are.
    mutating func append(_ part: UnsafeRawBufferPointer) {
        append(count: part.count)
        bytes.append(contentsOf: part)
    }
}

/// Reads what a ``ByteWriter`` has written. Whatever the bytes are, it reads within them.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    /// - Parameter bytes: There as long as the reader is.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func byte() throws(BlockDamage) -> UInt8 {
        guard index < bytes.count else { throw BlockDamage() }
        defer { index += 1 }
        return bytes[index]
    }

    mutating func number() throws(BlockDamage) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let byte = try byte()
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw BlockDamage()
    }

    /// A number that is not below zero, and no more than any count or length of a call is.
    mutating func count() throws(BlockDamage) -> Int {
        let number = try number()
        guard let count = Int(exactly: number)?.asCount else { throw BlockDamage() }
        return count
    }

    mutating func signed() throws(BlockDamage) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func slice() throws(BlockDamage) -> UnsafeRawBufferPointer {
        let count = try count()
        guard count <= bytes.count - index else { throw BlockDamage() }
        defer { index += count }
        return UnsafeRawBufferPointer(rebasing: bytes[index..<index + count])
    }
}

/// A block that is not as it was written.
struct BlockDamage: Error {}
