import struct Foundation.Data

/// A payload that must be text in UTF-8 and is not: the bytes around the fault, and where they are.
public struct UndecodedPayload: Hashable, Sendable {
    /// As many bytes are kept.
    public static let limit = 256
    /// As many of them are told in a sentence, on either side of the fault.
    private static let told = 8
    private static let bytesInLine = 16

    /// How many bytes the payload has.
    public var size: Int
    /// The offset of the first byte that does not belong to a character.
    public var fault: Int
    /// The offset of the first byte that is kept.
    public var start: Int
    /// What is kept. Credentials are overwritten with asterisks, so that offsets stay what they are.
    public var bytes: [UInt8]

    /// - Returns: `nil` where the numbers cannot belong together.
    public init?(size: Int, fault: Int, start: Int, bytes: [UInt8]) {
        guard bytes.count <= Self.limit, size.asCount != nil, (0..<size).contains(start),
            (start..<start + bytes.count).contains(fault), start + bytes.count <= size
        else { return nil }
        (self.size, self.fault, self.start, self.bytes) = (size, fault, start, bytes)
    }

    /// - Parameter payload: All of it.
    /// - Returns: `nil` where it is text.
    package init?(_ payload: UnsafeRawBufferPointer) {
        guard let fault = UTF8Fault.offset(in: payload) else { return nil }
        let start = max(0, min(fault - Self.limit / 2, payload.count - Self.limit))
        // All of it, for a credential may lie across the edge of what is kept.
        let bytes = Redaction.current.hasSecrets ? Redaction.current.overwritten(Array(payload)) : nil
        let kept = start..<min(start + Self.limit, payload.count)
        self.init(
            size: payload.count, fault: fault, start: start,
            bytes: bytes.map { Array($0[kept]) } ?? Array(payload[kept]))
    }

    /// The bytes next to the fault in hexadecimal, the faulty one in brackets: `at offset 3 of 9 bytes: 22 41 6e [ff] 61`.
    public var summary: String {
        let index = fault - start
        let shown = max(0, index - Self.told)..<min(bytes.count, index + Self.told)
        let hex = shown.map { $0 == index ? "[\(Self.hex(bytes[$0]))]" : Self.hex(bytes[$0]) }.joined(separator: " ")
        let front = start + shown.lowerBound > 0 ? "… " : ""
        let back = start + shown.upperBound < size ? " …" : ""
        return "at offset \(fault) of \(size) bytes: \(front)\(hex)\(back)"
    }

    /// What is kept, sixteen bytes a line: the offset, the bytes in hexadecimal, and those that are printable in ASCII.
    public var lines: [String] {
        // Lines begin at offsets that can be read at a glance.
        let first = start / Self.bytesInLine * Self.bytesInLine
        return stride(from: first, to: start + bytes.count, by: Self.bytesInLine).map { offset in
            let cells = (offset..<offset + Self.bytesInLine).map { place -> (hex: String, text: String) in
                guard bytes.indices.contains(place - start) else { return ("  ", " ") }
                let byte = bytes[place - start]
                return (Self.hex(byte), (0x20...0x7E).contains(byte) ? String(Unicode.Scalar(byte)) : ".")
            }
            let marks = cells.enumerated().map {
                offset + $0.offset == fault ? ">\($0.element.hex)" : " \($0.element.hex)"
            }
            return offset.digits(8, radix: 16) + " " + marks.joined() + "  " + cells.map(\.text).joined()
        }
    }

    /// What is kept as pairs of hexadecimal digits, without anything between them.
    package var hexText: String { BinaryMetadata.hex(bytes) }

    /// Reads ``hexText``.
    package static func bytes(hexText text: String) -> [UInt8]? {
        text.utf8.count <= 2 * limit ? BinaryMetadata.bytes(hex: text).map(Array.init) : nil
    }

    private static func hex(_ byte: UInt8) -> String { byte.digits(2, radix: 16) }
}

/// Where bytes stop being UTF-8.
package enum UTF8Fault {
    /// Whether bytes are UTF-8. Nearly all are ASCII, of which eight are looked at at once.
    package static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 8 <= bytes.count {
            guard bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 else {
                return String(validating: bytes, as: UTF8.self) != nil
            }
            offset += 8
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        return rest.allSatisfy { $0 < 0x80 } || String(validating: rest, as: UTF8.self) != nil
    }

    /// The offset of the first byte that does not belong to a character; `nil` where all do.
    package static func offset(in bytes: UnsafeRawBufferPointer) -> Int? {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
