import GreeterCore

extension Block {
    /// The messages of a block of either half.
    /// - Throws: ``BlockDamage`` where it is none.
    func messages() throws -> [StreamMessage] {
        try data.withUnsafeBytes { bytes in
            var decoder = MessageDecoder(bytes, first: first)
            return try decoder.messages(count)
        }
    }
}

/// Reads what ``MessageEncoder`` has written.
private struct MessageDecoder {
    private var reader: ByteReader
    private var number: Int
    private var memory = MessageMemory()

    init(_ bytes: UnsafeRawBufferPointer, first: Int) {
        reader = ByteReader(bytes)
        number = first
        memory.answers = first - 1
    }

    mutating func messages(_ count: Int) throws(BlockDamage) -> [StreamMessage] {
        guard try reader.byte() == MessageEncoder.version else { throw BlockDamage() }
        var messages: [StreamMessage] = []
        messages.reserveCapacity(min(count, Block.messageLimit))
        for _ in 0..<count { messages.append(try message()) }
        guard reader.isAtEnd else { throw BlockDamage() }
        return messages
    }

    private mutating func message() throws(BlockDamage) -> StreamMessage {
        let low = UInt16(try reader.byte())
        let flags = MessageFlags(rawValue: low | UInt16(try reader.byte()) << 8)
        memory.nanoseconds &+= try reader.signed()
        let text = try reader.text()
        let language = try language(flags)
        let answers = try answers(flags)
        let place = try place(flags)
        let size = flags.hasSize ? try reader.count() : nil
        let wire = try wire(flags, text, language)
        let body: StreamMessage.Body =
            switch flags.body {
            case 0: .request(HelloRequest(name: text, language: language))
            case 1: .reply(HelloReply(message: text, language: language))
            case 2: .refusal(text)
            default: .markerEcho(HelloReply(message: text, language: language))
            }
        defer { number += 1 }
        return StreamMessage(
            number: number, time: .nanoseconds(memory.nanoseconds), size: size ?? wire?.utf8.count ?? 0,
            form: flags.form, body: body, wire: wire, answers: answers, place: place)
    }

    private mutating func language(_ flags: MessageFlags) throws(BlockDamage) -> String? {
        switch flags.language {
        case .none: return nil
        case .same: return memory.language
        case .other:
            memory.language = try reader.text()
            return memory.language
        }
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
        memory.place = place.next(afterRefusal: flags.body == 2)
        return place
    }

    private mutating func wire(
        _ flags: MessageFlags, _ text: String, _ language: String?
    ) throws(BlockDamage) -> String? {
        switch flags.wire {
        case .none: return nil
        case .whole: return try reader.text()
        case .form:
            let index = try reader.count()
            if index == memory.forms.count, index < WireForm.limit { memory.forms.append(try form()) }
            guard index < memory.forms.count else { throw BlockDamage() }
            return memory.forms[index].wire(text, language)
        }
    }

    private mutating func form() throws(BlockDamage) -> WireForm {
        let before = Array(try reader.slice())
        let between = Array(try reader.slice())
        let after = try reader.byte() == 0 ? nil : Array(try reader.slice())
        return WireForm(before: before, between: between, after: after)
    }
}
