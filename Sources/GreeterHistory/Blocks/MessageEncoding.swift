import GreeterCore

/// The encoding of a block of messages, version 1.
///
/// Since version 2 of the database a message may have an ``AnswerPlace``. It is written where it is not the one that follows
/// from the message before.
///
/// A byte with the version, then each message: two bytes of ``MessageFlags``, how much later it was than the one before, its
/// texts, and what the flags announce. Times are differences of nanoseconds; numbers are those of the block.
struct MessageEncoder {
    static let version: UInt8 = 1

    let stream: BlockStream
    private let first: Int
    private var count = 0
    private var firstTime: Int64 = 0
    private var writer = ByteWriter()
    private var memory = MessageMemory()

    init(_ stream: BlockStream, first: Int) {
        self.stream = stream
        self.first = first
        memory.answers = first - 1
    }

    var next: Int { first + count }
    var byteCount: Int { writer.count }
    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count >= Block.messageLimit || writer.count >= Block.byteLimit }

    /// What has been added.
    var block: Block {
        Block(
            stream: stream, first: first, count: count, firstTime: firstTime, lastTime: memory.nanoseconds,
            data: writer.bytes)
    }

    mutating func append(_ message: StreamMessage) {
        if count == 0 {
            writer.reserve(16 << 10)
            writer.append(byte: Self.version)
        }
        let elapsed = memory.advance(to: message.time)
        if count == 0 { firstTime = memory.nanoseconds }
        switch message.body {
        case .request(let request): append(message, 0, request.name, request.language, elapsed)
        case .reply(let reply): append(message, 1, reply.message, reply.language, elapsed)
        case .refusal(let reason): append(message, 2, reason, nil, elapsed)
        case .markerEcho(let reply): append(message, 3, reply.message, reply.language, elapsed)
        }
        count += 1
    }

    private mutating func append(
        _ message: StreamMessage, _ body: UInt16, _ text: String, _ language: String?, _ elapsed: Int64
    ) {
        var flags = MessageFlags(rawValue: body)
        flags.form = message.form
        flags.language = language == nil ? .none : language == memory.language ? .same : .other
        flags.answers = message.answers == nil ? .none : message.answers == memory.answers &+ 1 ? .next : .other
        if let place = message.place {
            flags.answers = .placed
            flags.hasPlace = place != memory.place
            memory.place = place.next(afterRefusal: message.isRefusal)
        }
        var text = text
        var language = language
        var wire = message.wire
        text.withUTF8 { text in
            let wireForm = Self.with(&language) { language in
                Self.with(&wire) { wire in wire.map { memory.form(of: $0, text: text, second: language) } }
            }
            flags.wire = wireForm.map { $0 == nil ? .whole : .form } ?? .none
            flags.hasSize = message.wire.map { $0.utf8.count != message.size } ?? true
            writer.append(byte: UInt8(truncatingIfNeeded: flags.rawValue))
            writer.append(byte: UInt8(flags.rawValue >> 8))
            writer.append(signed: elapsed)
            writer.append(text)
            if flags.language == .other, let language { writer.append(language) }
            if flags.answers == .other, let answers = message.answers {
                writer.append(signed: Int64(answers &- memory.answers))
            }
            if flags.hasPlace, let place = message.place {
                writer.append(count: place.replies)
                writer.append(count: place.refusals)
            }
            if flags.hasSize { writer.append(count: message.size) }
            switch wireForm {
            case .some(.some(let index)): append(form: index)
            case .some(nil): if let wire { writer.append(wire) }
            case nil: break
            }
        }
        if flags.language == .other { memory.language = language }
        if let answers = message.answers { memory.answers = answers }
    }

    /// The number of a form; after that of a new one, the form itself.
    private mutating func append(form index: Int) {
        writer.append(count: index)
        guard index == memory.writtenForms else { return }
        memory.writtenForms += 1
        let form = memory.forms[index]
        form.before.withUnsafeBufferPointer { writer.append($0) }
        form.between.withUnsafeBufferPointer { writer.append($0) }
        writer.append(byte: form.after == nil ? 0 : 1)
        form.after?.withUnsafeBufferPointer { writer.append($0) }
    }

    private static func with<Value>(
        _ text: inout String?, _ body: (UnsafeBufferPointer<UInt8>?) -> Value
    ) -> Value {
        text?.withUTF8 { body($0) } ?? body(nil)
    }
}

/// What two bytes say of a message.
struct MessageFlags: RawRepresentable {
    var rawValue: UInt16

    /// What sort of body it is: request, reply, refusal, echo of the end marker.
    var body: UInt16 { rawValue & 3 }

    var form: StreamMessage.Form {
        get { Self.forms[Int(rawValue >> 2 & 3)] }
        set { set(UInt16(Self.forms.firstIndex(of: newValue) ?? 0), at: 2) }
    }

    /// In this order for good: blocks on disk say so.
    private static let forms: [StreamMessage.Form] = [.jsonBody, .serverSentEvent, .textFrame, .grpcMessage]

    enum Wire: UInt16 { case none, form, whole }
    enum Language: UInt16 { case none, same, other }
    enum Answers: UInt16 { case none, next, other, placed }

    var wire: Wire {
        get { Wire(rawValue: rawValue >> 4 & 3) ?? .none }
        set { set(newValue.rawValue, at: 4) }
    }

    var language: Language {
        get { Language(rawValue: rawValue >> 6 & 3) ?? .none }
        set { set(newValue.rawValue, at: 6) }
    }

    var answers: Answers {
        get { Answers(rawValue: rawValue >> 8 & 3) ?? .none }
        set { set(newValue.rawValue, at: 8) }
    }

    /// Whether the size is written: it is not that of the payload.
    var hasSize: Bool {
        get { rawValue >> 10 & 1 == 1 }
        set { set(newValue, at: 10) }
    }

    /// Whether the place among the answers is written: it does not follow from the message before.
    var hasPlace: Bool {
        get { rawValue >> 11 & 1 == 1 }
        set { set(newValue, at: 11) }
    }

    private mutating func set(_ isSet: Bool, at bit: UInt16) {
        rawValue = isSet ? rawValue | 1 << bit : rawValue & ~(1 << bit)
    }

    private mutating func set(_ value: UInt16, at bit: UInt16) {
        rawValue = rawValue & ~(3 << bit) | value << bit
    }
}

/// What the next message of a block is told apart from.
struct MessageMemory {
    var nanoseconds: Int64 = 0
    private var time = Duration.zero
    var language: String?
    var answers = 0
    /// The place of the next answer; `nil` before the first one of the block.
    var place: AnswerPlace?
    var forms: [WireForm] = []
    /// How many of the forms the block has.
    var writtenForms = 0
    private var lastForm = 0

    /// - Returns: how many nanoseconds later it is; no more than a century either way.
    mutating func advance(to time: Duration) -> Int64 {
        // Those of one batch have the same time, and to divide is dear.
        guard time != self.time else { return 0 }
        let before = nanoseconds
        self.time = time
        nanoseconds = min(max(time.wholeNanoseconds, -Self.timeLimit), Self.timeLimit)
        return nanoseconds - before
    }

    private static let timeLimit: Int64 = 3_155_760_000_000_000_000

    /// The number of the form of a payload, one that is new perhaps; `nil` where it has none.
    mutating func form(
        of wire: UnsafeBufferPointer<UInt8>, text: UnsafeBufferPointer<UInt8>, second: UnsafeBufferPointer<UInt8>?
    ) -> Int? {
        if lastForm < forms.count, forms[lastForm].fits(wire, text: text, second: second) { return lastForm }
        if let known = forms.firstIndex(where: { $0.fits(wire, text: text, second: second) }) {
            lastForm = known
            return known
        }
        guard forms.count < WireForm.limit, let form = WireForm(of: wire, text: text, second: second),
            form.fits(wire, text: text, second: second)
        else { return nil }
        forms.append(form)
        lastForm = forms.count - 1
        return lastForm
    }
}
