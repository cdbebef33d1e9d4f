import Foundation
import RPCCore

/// Where the texts of a message are in its payload, counted from the ends of the payload so that texts of any length have the
/// same places: in `{"name":"Ana","language":"en"}` the first begins 9 bytes after the beginning.
struct TextPlaces: Equatable {
    /// So many are kept for a block.
    static let limit = 64

    /// Bytes before the first text, and after it.
    let before: Int
    let after: Int
    /// Bytes from the beginning of the second text to the end of the payload, and after the text; `nil` where there is none.
    let second: (start: Int, after: Int)?

    init(before: Int, after: Int, second: (start: Int, after: Int)?) {
        (self.before, self.after, self.second) = (before, after, second)
    }

    /// Finds texts in a payload; `nil` where they are not in it as they are, for an escape is in them, say.
    init?(of texts: MessageParts.Texts, in payload: UnsafeRawBufferPointer) {
        let bytes = payload.assumingMemoryBound(to: UInt8.self)
        let first = texts.first.assumingMemoryBound(to: UInt8.self)
        guard let start = ByteSearch.position(of: first, in: bytes) else { return nil }
        let end = start + first.count
        guard let second = texts.second else {
            self.init(before: start, after: bytes.count - end, second: nil)
            return
        }
        guard
            let place = ByteSearch.position(of: second.assumingMemoryBound(to: UInt8.self), in: bytes, from: end)
        else { return nil }
        self.init(
            before: start, after: bytes.count - end,
            second: (bytes.count - place, bytes.count - place - second.count))
    }

    /// Whether these texts are at these places.
    func fit(_ texts: MessageParts.Texts, in payload: UnsafeRawBufferPointer) -> Bool {
        guard let found = self.texts(in: payload), (found.second == nil) == (texts.second == nil) else { return false }
        return Self.isEqual(found.first, texts.first)
            && (found.second.map { Self.isEqual($0, texts.second ?? $0) } ?? true)
    }

    /// The texts of a payload; `nil` where it is too short.
    func texts(in payload: UnsafeRawBufferPointer) -> MessageParts.Texts? {
        let count = payload.count
        guard before <= count, after <= count - before else { return nil }
        let first = UnsafeRawBufferPointer(rebasing: payload[before..<count - after])
        guard let second else { return MessageParts.Texts(first: first) }
        guard second.start <= count, second.after <= second.start else { return nil }
        return MessageParts.Texts(
            first: first,
            second: UnsafeRawBufferPointer(rebasing: payload[count - second.start..<count - second.after]))
    }

    private static func isEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count else { return false }
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return true }
        return memcmp(start, otherStart, one.count) == 0
    }

    static func == (one: TextPlaces, other: TextPlaces) -> Bool {
        one.before == other.before && one.after == other.after && one.second?.start == other.second?.start
            && one.second?.after == other.second?.after
    }
}
