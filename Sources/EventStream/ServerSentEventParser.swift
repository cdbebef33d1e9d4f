package import RPCCore

/// One event of an SSE stream.
package struct ServerSentEvent: Hashable, Sendable {
    /// The event's type; empty where the server gives none.
    package var type = ""
    /// Its data: the lines, joined by line feeds.
    package var data: String
    /// The last event identifier the server has given.
    package var id: String?
    /// The bytes of the data where they are not UTF-8; what is no character is U+FFFD in ``data`` then, as the standard has it.
    package var undecoded: UndecodedPayload?

    package init(type: String = "", data: String, id: String? = nil, undecoded: UndecodedPayload? = nil) {
        (self.type, self.data, self.id, self.undecoded) = (type, data, id, undecoded)
    }
}

/// Reads `text/event-stream` as it comes in, by the rules of the WHATWG HTML standard, 9.2.6.
///
/// Lines end in LF, CR or CRLF wherever the chunks are cut. An event that is not finished by an empty line is
/// never reported. Memory: at most `limit` bytes of the line and of the event that are being read.
package struct ServerSentEventParser {
    /// An event, or a line, longer than the limit, with the size it had reached.
    package struct Oversize: Error, Hashable {
        package let size: Int
        package let limit: Int

        package init(size: Int, limit: Int) {
            (self.size, self.limit) = (size, limit)
        }
    }

    /// How long the server asks clients to wait before they connect again; no longer than a year.
    package private(set) var retry: Duration?
    /// The identifier of the last event that was finished, with data or without; empty where the server has given none, or has
    /// taken it back.
    package private(set) var lastEventID = ""

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var id: String?
    private var isFirstLine = true
    private var lastWasCarriageReturn = false

    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next bytes of the stream and returns the events that they finish.
    package mutating func parse(_ bytes: some Collection<UInt8>) throws(Oversize) -> [ServerSentEvent] {
        let events = bytes.withContiguousStorageIfAvailable { read($0) }
        return try (events ?? Array(bytes).withUnsafeBufferPointer { read($0) }).get()
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<[ServerSentEvent], Oversize> {
        var events: [ServerSentEvent] = []
        var rest = bytes[...]
        while let first = rest.first {
            if lastWasCarriageReturn {
                lastWasCarriageReturn = false
                if first == UInt8(ascii: "\n") {
                    rest.removeFirst()
                    continue
                }
            }
            let end = rest.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            line.append(contentsOf: rest[..<(end ?? rest.endIndex)])
            guard line.count + data.count <= limit else {
                return .failure(Oversize(size: line.count + data.count, limit: limit))
            }
            guard let end else { break }
            lastWasCarriageReturn = rest[end] == UInt8(ascii: "\r")
            rest = rest[rest.index(after: end)...]
            if let event = finishLine() { events.append(event) }
        }
        return .success(events)
    }

    private mutating func finishLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return finishEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        // A line that begins with a colon is a comment.
        if colon == 0 { return nil }
        let name = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        take(field: name, value: value)
        return nil
    }

    private mutating func take(field: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        if field.elementsEqual("data".utf8) {
            hasData = true
            data.append(contentsOf: value)
            data.append(UInt8(ascii: "\n"))
        } else if field.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8) {
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        } else if field.elementsEqual("retry".utf8) {
            takeRetry(value)
        }
    }

    private mutating func takeRetry(_ value: ArraySlice<UInt8>) {
        guard !value.isEmpty, value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return }
        retry = Duration.milliseconds(Int(String(decoding: value, as: UTF8.self)) ?? .max).asWait
    }

    private mutating func finishEvent() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            type = ""
        }
        lastEventID = id ?? ""
        guard hasData else { return nil }
        return data.withUnsafeBytes { bytes in
            let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
            guard let text = String(utf8Text: content) else {
                return ServerSentEvent(
                    type: type, data: String(decoding: content, as: UTF8.self), id: id,
                    undecoded: UndecodedPayload(content))
            }
            return ServerSentEvent(type: type, data: text, id: id)
        }
    }
}
