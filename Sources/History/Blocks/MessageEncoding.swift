import RPCCore

/// The encoding of a block of messages, version 3.
///
/// A byte with the version, then each message: two bytes of ``MessageFlags``, how much later it was than the one before, its
/// payload, and what the flags announce. Times are differences of nanoseconds; numbers are those of the block.
///
/// A payload is written as what is different: how many bytes of its beginning and of its end are those of the payload before,
/// and what is between. The payloads of a call are nearly all alike, in whatever encoding. A message that is in an envelope, and
/// the reason of a rejection that is in the payload, are told by their places.
///
/// Version 2 has the texts of each message besides, by their places or beside the payload, which may be missing.
///
/// Version 1 has the texts of a message first, and the payload, which is JSON, by what is around them; see ``EarlierMessages``.
struct MessageBlockEncoder {
    static let version: UInt8 = 3

    let stream: BlockStream
    private let first: Int
    private var count = 0
    private var firstTime: Int64 = 0
    private var writer = ByteWriter()
    private var memory: MessageMemory

    init(_ stream: BlockStream, first: Int) {
        self.stream = stream
        self.first = first
        memory = MessageMemory(first: first)
    }

    var next: Int { first + count }
    var byteCount: Int { writer.count }
    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count >= Block.messageLimit || memory.volume >= Block.byteLimit }

    /// What has been added.
    var block: Block {
        Block(
            stream: stream, first: first, count: count, firstTime: firstTime, lastTime: memory.nanoseconds,
            data: writer.bytes)
    }

    mutating func append(_ message: StreamMessage) {
        message.withParts { append($0) }
    }

    mutating func append(_ message: MessageParts) {
        if count == 0 {
            writer.reserve(16 << 10)
            writer.append(byte: Self.version)
        }
        let elapsed = memory.advance(to: message.time)
        if count == 0 { firstTime = memory.nanoseconds }
        let knownPlaces = memory.places.count
        var places: Int?
        var flags = MessageFlags(message.role)
        flags.form = message.form
        flags.payload = message.payload?.encoding.blockNumber ?? 0
        if let texts = message.texts {
            places = message.payload.flatMap { memory.places(of: texts.first, in: $0.bytes) }
            flags.texts = places.map { $0 == memory.lastPlaces && $0 < knownPlaces ? .same : .other } ?? .apart
        }
        flags.answers = answers(message)
        if let place = message.place {
            flags.hasPlace = place != memory.place
            memory.place = place.next(afterRefusal: message.role == .rejection)
        }
        flags.hasSize = message.size != nil
        writer.append(byte: UInt8(truncatingIfNeeded: flags.rawValue))
        writer.append(byte: UInt8(flags.rawValue >> 8))
        writer.append(signed: elapsed)
        if let payload = message.payload { append(payload.bytes) }
        if let places {
            if flags.texts == .other { append(places, isNew: places == knownPlaces) }
            memory.lastPlaces = places
        } else if let texts = message.texts {
            append(texts)
        }
        if flags.answers == .other, let answers = message.answers {
            writer.append(signed: Int64(answers &- memory.answers))
        }
        if let answers = message.answers { memory.answers = answers }
        if flags.hasPlace, let place = message.place {
            writer.append(count: place.replies)
            writer.append(count: place.refusals)
        }
        if let size = message.size { writer.append(count: size) }
        count += 1
    }

    private func answers(_ message: MessageParts) -> MessageFlags.Answers {
        if message.place != nil { return .placed }
        guard let answers = message.answers else { return .none }
        return answers == memory.answers &+ 1 ? .next : .other
    }

    private mutating func append(_ payload: UnsafeRawBufferPointer) {
        let (start, end) = memory.payload.withUnsafeBytes { last in
            let start = SharedBytes.atStart(payload, last)
            return (start, SharedBytes.atEnd(payload, last, atMost: min(payload.count, last.count) - start))
        }
        let middle = UnsafeRawBufferPointer(rebasing: payload[start..<payload.count - end])
        writer.append(count: start)
        writer.append(count: end)
        writer.append(middle)
        memory.change(start, middle, end)
    }

    /// The number of places; after that of new ones, the places themselves.
    private mutating func append(_ index: Int, isNew: Bool) {
        writer.append(count: index)
        guard isNew else { return }
        let places = memory.places[index]
        writer.append(count: places.before)
        writer.append(count: places.after)
        // Of a second text, which version 2 has.
        writer.append(byte: 0)
    }

    private mutating func append(_ texts: MessageParts.Texts) {
        writer.append(texts.first)
        memory.volume += texts.first.count
    }
}
