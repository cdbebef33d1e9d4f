/// Why bytes are no message, and where.
public struct WireFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong: `truncated`.
    public var reason: String
    /// Bytes before the fault, counted from the beginning of the outermost message.
    public var offset: Int

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// `truncated at byte 31`.
    public var description: String { "\(reason) at byte \(offset)" }
}

/// How a value is laid out (https://protobuf.dev/programming-guides/encoding/#structure).
enum WireType: UInt8 {
    case varint = 0, fixed64, length, startGroup, endGroup, fixed32
}

/// Goes over the wire format from value to value, and takes nothing for granted: each length is checked before it is used.
struct WireReader {
    struct Tag {
        var number: Int
        var type: WireType
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var index: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, 0..<bytes.count)
    }

    /// - Parameter range: Which of the bytes are read; offsets of faults count from the first of all.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { index == end }

    /// The next tag.
    mutating func tag() throws(WireFault) -> Tag {
        let start = index
        let key = try varint()
        guard index - start <= 5, key <= UInt64(UInt32.max), key >> 3 > 0 else {
            throw WireFault("the tag is none", at: start)
        }
        guard let type = WireType(rawValue: UInt8(key & 7)) else {
            throw WireFault("there is no wire type \(key & 7)", at: start)
        }
        return Tag(number: Int(key >> 3), type: type)
    }

    /// A number of variable length, of at most 64 bits in ten bytes.
    mutating func varint() throws(WireFault) -> UInt64 {
        let start = index
        var (value, shift) = (0 as UInt64, 0 as UInt64)
        while index < end {
            let byte = bytes[index]
            index += 1
            if shift == 63, byte > 1 { throw WireFault("a number is longer than 64 bits", at: start) }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw WireFault("truncated", at: end)
    }

    mutating func fixed32() throws(WireFault) -> UInt32 {
        let range = try take(4)
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self))
    }

    mutating func fixed64() throws(WireFault) -> UInt64 {
        let range = try take(8)
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
    }

    /// Where the bytes are of a value that has its length before it.
    mutating func length() throws(WireFault) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - index) else { throw WireFault("truncated", at: end) }
        return try take(Int(length))
    }

    /// The bytes of a value that has its length before it.
    mutating func lengthBytes() throws(WireFault) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[try length()])
    }

    private mutating func take(_ count: Int) throws(WireFault) -> Range<Int> {
        guard end - index >= count else { throw WireFault("truncated", at: end) }
        defer { index += count }
        return index..<index + count
    }

    /// Goes past the value of a field, with all that is in a group.
    /// - Parameter depth: How many messages may still be in one another.
    mutating func skip(_ tag: Tag, depth: Int) throws(WireFault) {
        switch tag.type {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .fixed32: _ = try take(4)
        case .length: _ = try length()
        case .endGroup: throw WireFault("a group ends that has not begun", at: index)
        case .startGroup:
            guard depth > 0 else { throw WireFault(DynamicMessage.tooDeep, at: index) }
            while true {
                let inner = try self.tag()
                if inner.type == .endGroup {
                    guard inner.number == tag.number else { throw WireFault("another group ends", at: index) }
                    return
                }
                try skip(inner, depth: depth - 1)
            }
        }
    }

    /// Reads again from a place that was read before.
    mutating func goBack(to index: Int) { self.index = index }

    /// The same bytes, within a range of them.
    func slice(_ range: Range<Int>) -> WireReader { WireReader(bytes, range) }

    /// What is still to be read.
    var rest: UnsafeRawBufferPointer { self[index..<end] }

    subscript(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
}
