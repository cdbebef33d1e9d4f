import RPCCore

/// Writes into memory from its end. There must be room for everything, and ``PlaceValues/headroom`` before it.
struct BackwardWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var position: Int

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
        position = buffer.count
    }

    mutating func write(byte: UInt8) {
        position -= 1
        buffer[position] = byte
    }

    /// Writes a part of memory that has ``PlaceValues/headroom`` before it.
    mutating func write(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard range.count <= PlaceValues.headroom else { return write(all: .init(rebasing: bytes[range])) }
        // In one piece, with what stands before it, over which the next is written.
        let piece = bytes.loadUnaligned(
            fromByteOffset: range.upperBound - PlaceValues.headroom, as: SIMD16<UInt8>.self)
        buffer.storeBytes(of: piece, toByteOffset: position - PlaceValues.headroom, as: SIMD16<UInt8>.self)
        position -= range.count
    }

    mutating func write(all bytes: UnsafeRawBufferPointer) {
        position -= bytes.count
        guard let target = buffer.baseAddress, let source = bytes.baseAddress else { return }
        (target + position).copyMemory(from: source, byteCount: bytes.count)
    }

    mutating func write(varint value: UInt64) {
        guard value > 0x7F else { return write(byte: UInt8(truncatingIfNeeded: value)) }
        let count = (70 - value.leadingZeroBitCount) / 7
        position -= count
        var rest = value
        for index in position..<position + count - 1 {
            buffer[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        buffer[position + count - 1] = UInt8(truncatingIfNeeded: rest)
    }

    mutating func write<Value: BitwiseCopyable>(fixed value: Value) {
        position -= MemoryLayout<Value>.size
        buffer.storeBytes(of: value, toByteOffset: position, as: Value.self)
    }

    mutating func write(_ number: Int, _ form: MessageProgram.NumberForm) {
        switch form {
        case .varint: write(varint: UInt64(bitPattern: Int64(number)))
        case .zigzag: write(varint: UInt64(bitPattern: Int64(number << 1 ^ number >> 63)))
        case .fixed32: write(fixed: UInt32(truncatingIfNeeded: number).littleEndian)
        case .fixed64: write(fixed: UInt64(bitPattern: Int64(number)).littleEndian)
        case .float: write(fixed: Float(number).bitPattern.littleEndian)
        case .double: write(fixed: Double(number).bitPattern.littleEndian)
        case .decimal: write(decimal: number)
        case .quotedDecimal:
            write(byte: UInt8(ascii: "\""))
            write(decimal: number)
            write(byte: UInt8(ascii: "\""))
        }
    }

    private mutating func write(decimal number: Int) {
        var rest = number.magnitude
        repeat {
            let tenth = rest / 10
            write(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest - tenth * 10))
            rest = tenth
        } while rest > 0
        if number < 0 { write(byte: UInt8(ascii: "-")) }
    }

    /// Writes a text as JSON has it between quotation marks; see ``write(_:_:)``.
    mutating func write(escaped bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        let text = UnsafeRawBufferPointer(rebasing: bytes[range])
        let isPlain = text.allSatisfy {
            $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F
        }
        guard !isPlain else { return write(bytes, range) }
        var json: [UInt8] = []
        json.append(jsonString: String(decoding: text, as: UTF8.self))
        json.withUnsafeBytes { write(all: .init(rebasing: $0[1..<json.count - 1])) }
    }
}
