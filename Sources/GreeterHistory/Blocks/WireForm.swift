import Foundation
import GreeterCore

/// A payload without the texts of its message, which are recorded anyway: `{"name":"`, `","language":"`, `"}`.
///
/// The payloads of a call are nearly all alike but for those texts. A payload that is no such composition, for an escape is in
/// it, say, is recorded as it is.
struct WireForm: Hashable, Sendable {
    /// So many forms are kept for a block.
    static let limit = 64
    /// The longest that the parts around the texts may be together, in bytes.
    private static let lengthLimit = 512

    let before: [UInt8]
    let between: [UInt8]
    /// `nil` where the message has one text only.
    let after: [UInt8]?

    init(before: [UInt8], between: [UInt8], after: [UInt8]?) {
        self.before = before
        self.between = between
        self.after = after
    }

    /// Finds the form of a payload; `nil` where the texts are not in it, or much else is.
    init?(of wire: UnsafeBufferPointer<UInt8>, text: UnsafeBufferPointer<UInt8>, second: UnsafeBufferPointer<UInt8>?) {
        guard let start = ByteSearch.position(of: text, in: wire, from: 0) else { return nil }
        let end = start + text.count
        guard let second else {
            guard wire.count - text.count <= Self.lengthLimit else { return nil }
            self.init(before: Array(wire[..<start]), between: Array(wire[end...]), after: nil)
            return
        }
        guard wire.count - text.count - second.count <= Self.lengthLimit,
            let secondStart = ByteSearch.position(of: second, in: wire, from: end)
        else { return nil }
        self.init(
            before: Array(wire[..<start]), between: Array(wire[end..<secondStart]),
            after: Array(wire[(secondStart + second.count)...]))
    }

    /// Whether the payload is this form with these texts.
    func fits(
        _ wire: UnsafeBufferPointer<UInt8>, text: UnsafeBufferPointer<UInt8>, second: UnsafeBufferPointer<UInt8>?
    ) -> Bool {
        guard (after == nil) == (second == nil),
            wire.count == before.count + text.count + between.count + (second?.count ?? 0) + (after?.count ?? 0)
        else { return false }
        var index = 0
        return Self.skip(before, wire, &index) && Self.skip(text, wire, &index) && Self.skip(between, wire, &index)
            && (second.map { Self.skip($0, wire, &index) } ?? true)
            && (after.map { Self.skip($0, wire, &index) } ?? true)
    }

    /// The payload with these texts.
    func wire(_ text: String, _ second: String?) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(before.count + text.utf8.count + between.count + (second?.utf8.count ?? 0) + 8)
        bytes += before
        bytes += text.utf8
        bytes += between
        if let second { bytes += second.utf8 }
        if let after { bytes += after }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func skip(
        _ part: some ContiguousBytes, _ wire: UnsafeBufferPointer<UInt8>, _ index: inout Int
    ) -> Bool {
        part.withUnsafeBytes { part in
            guard let start = part.baseAddress, let base = wire.baseAddress else { return part.isEmpty }
            defer { index += part.count }
            return memcmp(base + index, start, part.count) == 0
        }
    }
}
