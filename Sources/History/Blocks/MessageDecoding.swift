import RPCCore

extension Block {
    /// The messages of a block of either direction.
    /// - Throws: ``BlockDamage`` where it is none.
    func messages(of method: MethodSchema) throws -> [StreamMessage] {
        let codec = stream == .sent ? method.input : method.output
        return try messages { parts throws(BlockDamage) in try StreamMessage(parts, of: codec) }
    }

    /// What is made of each message of a block of either direction.
    /// - Throws: ``BlockDamage`` where it is none, and what `make` throws.
    func messages<Message>(_ make: (MessageParts) throws(BlockDamage) -> Message) throws -> [Message] {
        try data.withUnsafeBytes { bytes in
            var decoder = try MessageDecoder(bytes, first: first)
            var messages: [Message] = []
            messages.reserveCapacity(min(count, Block.messageLimit))
            for _ in 0..<count { messages.append(try decoder.next(make)) }
            guard decoder.isAtEnd else { throw BlockDamage() }
            return messages
        }
    }
}

/// Reads what ``MessageBlockEncoder`` has written, of this program or of an earlier one.
private struct MessageDecoder {
    private var reader: ByteReader
    private var number: Int
    private var memory: MessageMemory
    private var language: UnsafeRawBufferPointer?
    private let version: UInt8
    /// Where the block is of version 1.
    private var earlier: EarlierMessages?

    init(_ bytes: UnsafeRawBufferPointer, first: Int) throws(BlockDamage) {
        reader = ByteReader(bytes)
        number = first
        memory = MessageMemory(first: first)
        version = try reader.byte()
        guard (1...MessageBlockEncoder.version).contains(version) else { throw BlockDamage() }
        if version == 1 { earlier = EarlierMessages() }
    }

    var isAtEnd: Bool { reader.isAtEnd }

    mutating func next<Message>(
        _ make: (MessageParts) throws(BlockDamage) -> Message
    ) throws(BlockDamage) -> Message {
        let low = UInt16(try reader.byte())
        let flags = MessageFlags(rawValue: low | UInt16(try reader.byte()) << 8)
        var parts = MessageParts(
            number: number, time: memory.advance(by: try reader.signed()), form: flags.form, role: flags.role)
        parts.isEarlier = version < 3
        var encoding: Payload.Encoding?
        if earlier != nil {
            parts.texts = try textsApart(flags)
        } else {
            encoding = try payload(flags)
            if flags.texts == .apart { parts.texts = try textsApart(flags) }
            if flags.texts == .other { memory.lastPlaces = try places() }
        }
        parts.answers = try answers(flags)
        parts.place = try place(flags)
        if flags.hasSize { parts.size = try reader.count() }
        if let texts = parts.texts, try earlier?.readPayload(flags, texts, &reader, &memory.payload) == true {
            encoding = .json
        }
        number += 1
        let isInPayload = earlier == nil && (flags.texts == .same || flags.texts == .other)
        return try memory.payload.withUnsafeBufferPointer { bytes throws(BlockDamage) in
            let bytes = UnsafeRawBufferPointer(bytes)
            if let encoding { parts.payload = (encoding, bytes) }
            if isInPayload {
                guard encoding != nil, memory.lastPlaces < memory.places.count,
                    let texts = memory.places[memory.lastPlaces].texts(in: bytes)
                else { throw BlockDamage() }
                parts.texts = texts
            }
            return try make(parts)
        }
    }

    /// Makes the payload of the last message that of this one.
    private mutating func payload(_ flags: MessageFlags) throws(BlockDamage) -> Payload.Encoding? {
        guard flags.payload != 0 else { return nil }
        guard let encoding = Payload.Encoding(blockNumber: flags.payload), memory.volume < Block.byteLimit else {
            throw BlockDamage()
        }
        let (start, end) = (try reader.count(), try reader.count())
        let middle = try reader.slice()
        guard start <= memory.payload.count, end <= memory.payload.count - start else { throw BlockDamage() }
        memory.change(start, middle, end)
        return encoding
    }

    private mutating func textsApart(_ flags: MessageFlags) throws(BlockDamage) -> MessageParts.Texts {
        let text = try reader.slice()
        switch flags.language {
        case .none: return MessageParts.Texts(first: text)
        case .same: break
        case .other: language = try reader.slice()
        }
        return MessageParts.Texts(first: text, second: language)
    }

    private mutating func places() throws(BlockDamage) -> Int {
        let index = try reader.count()
        guard index <= memory.places.count, index < TextPlaces.limit else { throw BlockDamage() }
        if index == memory.places.count {
            let (before, after) = (try reader.count(), try reader.count())
            let hasSecond = try reader.byte() != 0
            memory.places.append(
                TextPlaces(
                    before: before, after: after,
                    second: hasSecond ? (start: try reader.count(), after: try reader.count()) : nil))
        }
        return index
    }

    private mutating func answers(_ flags: MessageFlags) throws(BlockDamage) -> Int? {
        switch flags.answers {
        case .none, .placed: return nil
        case .next: memory.answers &+= 1
        case .other: memory.answers &+= Int(try reader.signed())
        }
        return memory.answers.clampedCount
    }

    private mutating func place(_ flags: MessageFlags) throws(BlockDamage) -> AnswerPlace? {
        guard flags.answers == .placed else { return nil }
        if flags.hasPlace { memory.place = AnswerPlace(replies: try reader.count(), refusals: try reader.count()) }
        guard let place = memory.place else { throw BlockDamage() }
        memory.place = place.next(afterRefusal: flags.role == .rejection)
        return place
    }
}
