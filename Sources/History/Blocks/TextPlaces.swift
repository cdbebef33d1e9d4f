import Foundation
import RPCCore

/// Where the texts of a message are in its payload, counted from the ends of the payload so that texts of any length have the
/// same places: in `{"name":"Ana","language":"en"}` the first begins 9 bytes after the beginning.
struct TextPlaces {
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

    /// Finds a text in a payload; `nil` where it is not in it as it is, for an escape is in it, say.
    init?(of text: UnsafeRawBufferPointer, in payload: UnsafeRawBufferPointer) {
        guard let place = text.place(in: payload) else { return nil }
        self.init(before: place.lowerBound, after: payload.count - place.upperBound, second: nil)
    }

    /// Whether this text is at these places.
    func fit(_ text: UnsafeRawBufferPointer, in payload: UnsafeRawBufferPointer) -> Bool {
        guard let found = texts(in: payload), found.second == nil else { return false }
        return Self.isEqual(found.first, text)
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
}
