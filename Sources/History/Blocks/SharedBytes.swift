/// How much of their beginnings and ends two runs of bytes share.
enum SharedBytes {
    static func atStart(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        let limit = min(one.count, other.count)
        var count = 0
        while count + 8 <= limit {
            let difference = word(one, count) ^ word(other, count)
            guard difference == 0 else { return count + difference.trailingZeroBitCount / 8 }
            count += 8
        }
        while count < limit, one[count] == other[count] { count += 1 }
        return count
    }

    /// - Parameter limit: No more than so many.
    static func atEnd(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer, atMost limit: Int) -> Int {
        var count = 0
        while count + 8 <= limit {
            let difference = word(one, one.count - count - 8) ^ word(other, other.count - count - 8)
            guard difference == 0 else { return count + difference.leadingZeroBitCount / 8 }
            count += 8
        }
        while count < limit, one[one.count - count - 1] == other[other.count - count - 1] { count += 1 }
        return count
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
