package import Foundation

/// Looks for bytes in bytes.
package enum ByteSearch {
    /// Where the bytes begin, the first time from `start` on; `start` itself for none at all.
    @inlinable
    package static func position(
        of needle: some ContiguousBytes, in bytes: some ContiguousBytes, from start: Int = 0
    ) -> Int? {
        needle.withUnsafeBytes { needle in bytes.withUnsafeBytes { position(of: needle, in: $0, from: start) } }
    }

    @usableFromInline
    package static func position(
        of needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let first = needle.first, let needleStart = needle.baseAddress else { return start }
        guard let base = bytes.baseAddress else { return nil }
        var index = start
        let last = bytes.count - needle.count
        while index <= last {
            guard let found = memchr(base + index, Int32(first), last - index + 1) else { return nil }
            index = UnsafeRawPointer(found) - base
            if memcmp(base + index, needleStart, needle.count) == 0 { return index }
            index += 1
        }
        return nil
    }
}
