import Foundation
public import RPCCore

extension RequestTemplate {
    /// The first request of a repetition; `nil` where chance, time or a record has a say in it, or nothing changes.
    public var first: MessageValue? {
        let pieces = fields.flatMap(\.template.pieces)
        let isCounted = pieces.contains { if case .number = $0 { true } else { false } }
        let isKnown = pieces.allSatisfy { piece in
            switch piece {
            case .text, .number: true
            default: false
            }
        }
        guard isKnown, isCounted else { return nil }
        var maker = RequestMaker(self)
        var context = RequestMaker.Context(number: 1, milliseconds: 0, random: SeededGenerator(seed: 0))
        maker.fill(&context)
        return maker.value
    }
}

/// Makes requests from a template: what can be done once for all requests is done.
struct RequestMaker: Sendable {
    private let fields: [Field]
    /// The request that was made last. It is changed in place, so that nothing is allocated for one.
    private(set) var value = MessageValue()
    private var buffer: [UInt8] = []
    private var timeText: (milliseconds: Int, text: [UInt8])?

    private struct Field: Sendable {
        var name: String
        var isOptional: Bool
        var parts: [Part]
        /// What it is, where that is the same for all requests.
        var constant: String?
    }

    /// A piece of a template, ready to be written.
    private enum Part: Sendable {
        case bytes([UInt8])
        case field(Int)
        case piece(Template.Piece)
    }

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

    /// - Parameter selection: The fields of the records, in their order.
    init(_ template: RequestTemplate, fields selection: FieldSelection = FieldSelection()) {
        fields = template.fields.map {
            Field(
                name: $0.field.name, isOptional: $0.field.isOptional,
                parts: Self.parts(of: $0.template, selection), constant: $0.template.constant)
        }
    }

    private static func parts(of template: Template, _ fields: FieldSelection) -> [Part] {
        template.pieces.map { piece in
            switch piece {
            case .text(let text): .bytes(Array(text.utf8))
            case .field(let name): .field(fields.names.firstIndex(of: name) ?? 0)
            default: .piece(piece)
            }
        }
    }

    /// Makes a request: the next ``value``.
    mutating func fill(_ context: inout Context) {
        var count = 0
        for index in fields.indices {
            let text = fields[index].constant ?? fill(fields[index].parts, &context)
            // A field that may be missing is, where nothing comes out.
            if text.isEmpty, fields[index].isOptional { continue }
            if count == value.fields.count {
                value.fields.append(MessageValue.Field(fields[index].name, text))
            } else {
                if value.fields[count].name != fields[index].name { value.fields[count].name = fields[index].name }
                value.fields[count].text = text
            }
            count += 1
        }
        value.fields.removeLast(value.fields.count - count)
    }

    private mutating func fill(_ parts: [Part], _ context: inout Context) -> String {
        buffer.removeAll(keepingCapacity: true)
        for part in parts {
            switch part {
            case .bytes(let bytes): buffer += bytes
            case .field(let index): buffer += (context.fields[index] ?? "").utf8
            case .piece(let piece): append(piece, &context)
            }
        }
        return String(decoding: buffer, as: UTF8.self)
    }

    private mutating func append(_ piece: Template.Piece, _ context: inout Context) {
        switch piece {
        case .number(let first): append(first &+ context.number &- 1)
        case .uuid: buffer += Self.uuid(&context.random).utf8
        case .now(.unix): append(context.milliseconds / 1000)
        case .now(.milliseconds): append(context.milliseconds)
        case .now(.iso): appendTime(context.milliseconds)
        case .random(let range): append(Int.random(in: range, using: &context.random))
        case .choice(let words): buffer += words[Int.random(in: words.indices, using: &context.random)].utf8
        case .text, .field: preconditionFailure("text and fields are parts of their own")
        }
    }

    private mutating func append(_ number: Int) {
        buffer.append(decimal: number)
    }

    private mutating func appendTime(_ milliseconds: Int) {
        if timeText?.milliseconds != milliseconds {
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            timeText = (milliseconds, Array(date.formatted(style).utf8))
        }
        buffer += timeText?.text ?? []
    }

    /// RFC 9562, 5.4: version 4 and the variant in their bits, everything else at random.
    private static func uuid(_ random: inout SeededGenerator) -> String {
        let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self)).uuidString.lowercased()
        }
    }
}
