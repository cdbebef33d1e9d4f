import Foundation
public import RPCCore

extension RequestTemplate {
    /// The first request of a repetition; `nil` where chance, time or a record has a say in it, or nothing changes.
    public var first: MessageValue? {
        let places = PlacedTemplate(self, count: 1)
        let isCounted = places.sources.allSatisfy { if case .number = $0 { true } else { false } }
        guard isCounted, !places.sources.isEmpty else { return nil }
        let values = places.message.sample(least: true)
        return MessageValue(
            places.message.fields.map { MessageValue.Field($0.name, places.message.text(of: $0.parts, values)) })
    }
}

/// A template whose places are numbered, and what fills them.
struct PlacedTemplate {
    /// What fills a place.
    enum Source: Hashable {
        case number(from: Int)
        case uuid
        case now(Template.TimeForm)
        case random(ClosedRange<Int>)
        case choice(count: Int)
        /// A field of the record, by its index.
        case field(Int)

        /// Whether it is the same wherever it stands in a message.
        var isShared: Bool {
            switch self {
            case .number, .now, .field: true
            case .uuid, .random, .choice: false
            }
        }
    }

    private(set) var message = MessageTemplate([], places: [])
    /// In the order of the template, in which chance fills them.
    private(set) var sources: [Source] = []

    /// - Parameters:
    ///   - selection: The fields of the records, in their order.
    ///   - count: How many messages are made of it.
    init(_ template: RequestTemplate, fields selection: FieldSelection = FieldSelection(), count: Int) {
        for field in template.fields {
            let parts = field.template.pieces.map { part(of: $0, selection, count: count) }
            message.fields.append(MessageTemplate.Field(field.field.name, parts))
        }
    }

    /// - Parameters:
    ///   - fields: Whose places are columns of records.
    ///   - columns: How many there are.
    init(fields: [MessageTemplate.Field], columns: Int) {
        message = MessageTemplate(fields, places: Array(repeating: .record, count: columns))
        sources = (0..<columns).map { .field($0) }
    }

    private mutating func part(
        of piece: Template.Piece, _ fields: FieldSelection, count: Int
    ) -> MessageTemplate.Part {
        switch piece {
        case .text(let text): .text(text)
        case .number(let first):
            place(.number(from: first), .integer(first...max(first, first.clampedAdding(count - 1))))
        case .uuid: place(.uuid, .like("00000000-0000-4000-8000-000000000000"))
        case .now(.iso): place(.now(.iso), .like("2026-01-01T00:00:00.000Z"))
        case .now(let form):
            place(.now(form), .integer(0...(form == .unix ? 253_402_300_799 : 253_402_300_799_999)))
        case .random(let range): place(.random(range), .integer(range))
        case .choice(let words): place(.choice(count: words.count), .words(words))
        case .field(let name): place(.field(fields.names.firstIndex(of: name) ?? 0), .record)
        }
    }

    private mutating func place(_ source: Source, _ place: MessageTemplate.Place) -> MessageTemplate.Part {
        if source.isShared, let index = sources.firstIndex(of: source) { return .place(index) }
        sources.append(source)
        message.places.append(place)
        return .place(sources.count - 1)
    }
}

/// Makes requests from a template: what can be done once for all requests is done.
struct RequestMaker: Sendable {
    private var writer: any MessageWriter
    private let sources: [PlacedTemplate.Source]
    /// They are filled anew each time, so that nothing is allocated for a request.
    private var values: PlaceValues
    private var timeText: (milliseconds: Int, text: [UInt8])?

    /// What a request is made of.
    struct Context {
        /// The number of the request in its step, counted from 1.
        var number: Int
        /// When the plan means it to be sent, in milliseconds since 1970.
        var milliseconds: Int
        var random: SeededGenerator
        /// The fields of the record, as they were selected.
        var fields: [String?] = []
    }

    /// - Parameters:
    ///   - selection: The fields of the records, in their order.
    ///   - count: How many requests are made at most.
    /// - Throws: ``MessageProblem`` where the template makes no messages of the encoder's kind.
    init(
        _ template: RequestTemplate, fields selection: FieldSelection = FieldSelection(), count: Int,
        _ encoder: MessageEncoder
    ) throws(MessageProblem) {
        try self.init(PlacedTemplate(template, fields: selection, count: count), encoder)
    }

    init(_ placed: PlacedTemplate, _ encoder: MessageEncoder) throws(MessageProblem) {
        sources = placed.sources
        values = PlaceValues(count: sources.count)
        writer = try encoder.codec.writer(of: placed.message, as: encoder.encoding)
    }

    /// Appends a request.
    mutating func append(_ context: inout Context, to bytes: inout [UInt8]) throws(MessageProblem) {
        values.removeAll()
        for index in sources.indices {
            switch sources[index] {
            case .number(let first): values.set(index, number: first &+ context.number &- 1)
            case .uuid: setUUID(index, &context.random)
            case .now(.unix): values.set(index, number: context.milliseconds / 1000)
            case .now(.milliseconds): values.set(index, number: context.milliseconds)
            case .now(.iso): values.set(index, text: timeText(context.milliseconds))
            case .random(let range): values.set(index, number: Int.random(in: range, using: &context.random))
            case .choice(let count): values.set(index, number: Int.random(in: 0..<count, using: &context.random))
            case .field(let field): values.set(index, text: (context.fields[field] ?? "").utf8)
            }
        }
        try writer.append(values, to: &bytes)
    }

    private mutating func timeText(_ milliseconds: Int) -> [UInt8] {
        if let timeText, timeText.milliseconds == milliseconds { return timeText.text }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let text = Array(date.formatted(style).utf8)
        timeText = (milliseconds, text)
        return text
    }

    /// RFC 9562, 5.4: version 4 and the variant in their bits, everything else at random.
    private mutating func setUUID(_ index: Int, _ random: inout SeededGenerator) {
        let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let (middle, next, last) = (Self.digits(high), Self.digits(low >> 32), Self.digits(low))
        withUnsafeTemporaryAllocation(byteCount: 36, alignment: 8) { text in
            text.storeBytes(of: Self.digits(high >> 32), toByteOffset: 0, as: UInt64.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: middle), toByteOffset: 9, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: middle >> 32), toByteOffset: 14, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: next), toByteOffset: 19, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: next >> 32), toByteOffset: 24, as: UInt32.self)
            text.storeBytes(of: last, toByteOffset: 28, as: UInt64.self)
            for place in [8, 13, 18, 23] { text[place] = UInt8(ascii: "-") }
            values.set(index, bytes: UnsafeRawBufferPointer(text))
        }
    }

    /// The hexadecimal digits of 32 bits, the first one in the lowest byte: eight at once, since a UUID for each message counts.
    private static func digits(_ bits: UInt64) -> UInt64 {
        var digits = UInt64(UInt32(truncatingIfNeeded: bits).byteSwapped)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits >> 4 | digits << 8) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let offset = UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
        return (digits + 0x3030_3030_3030_3030 + letters * offset).littleEndian
    }
}
