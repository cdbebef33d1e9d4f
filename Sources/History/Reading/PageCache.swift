import RPCCore

/// A page of a direction: so many messages from a number on.
struct PageKey: Hashable, Sendable {
    let direction: Direction
    /// Counted from 0.
    let page: Int

    var numbers: Range<Int> {
        let first = page * StoredTranscript.pageLength + 1
        return first..<first + StoredTranscript.pageLength
    }

    /// The pages on which these numbers are.
    static func keys(of direction: Direction, _ numbers: Range<Int>) -> [PageKey] {
        guard let last = numbers.last else { return [] }
        let pages = (numbers.lowerBound - 1) / StoredTranscript.pageLength...(last - 1) / StoredTranscript.pageLength
        return pages.map { PageKey(direction: direction, page: $0) }
    }
}

/// Pages in memory; those go first that were not asked for the longest.
struct PageCache {
    private struct Page {
        var messages: [StreamMessage]
        var bytes: Int
        var lastUse: Int
    }

    private let limit: Int
    private var pages: [PageKey: Page] = [:]
    private(set) var bytes = 0
    private var uses = 0

    /// - Parameter limit: Bytes; the page that came last stays whatever it takes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Those of a page; `nil` where they are not all there.
    mutating func messages(_ key: PageKey, _ numbers: Range<Int>) -> [StreamMessage]? {
        guard let page = pages[key], numbers.upperBound <= key.numbers.lowerBound + page.messages.count else {
            return nil
        }
        uses += 1
        pages[key]?.lastUse = uses
        return numbers.map { page.messages[$0 - key.numbers.lowerBound] }
    }

    mutating func insert(_ messages: [StreamMessage], as key: PageKey) {
        remove(key)
        uses += 1
        let bytes = messages.reduce(64) { $0 + 2 * $1.size + 220 }
        pages[key] = Page(messages: messages, bytes: bytes, lastUse: uses)
        self.bytes += bytes
        while self.bytes > limit, pages.count > 1, let oldest = pages.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            remove(oldest.key)
        }
    }

    private mutating func remove(_ key: PageKey) {
        guard let page = pages.removeValue(forKey: key) else { return }
        bytes -= page.bytes
    }
}
