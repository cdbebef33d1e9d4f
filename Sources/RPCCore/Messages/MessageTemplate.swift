/// A message with places that are filled in anew each time: written once, and made many times.
public struct MessageTemplate: Sendable {
    /// Part of what a field holds.
    public enum Part: Hashable, Sendable {
        /// As it stands.
        case text(String)
        /// What is filled in there, by its index among ``MessageTemplate/places``.
        case place(Int)
    }

    /// What a place can be filled with.
    public enum Place: Hashable, Sendable {
        /// Every number of a range.
        case integer(ClosedRange<Int>)
        /// One of several texts.
        case words([String])
        /// Texts like this one.
        case like(String)
        /// Whatever a record has.
        case record
    }

    public struct Field: Hashable, Sendable {
        public var name: String
        /// What it holds, in the form of ``MessageValue/Field/text``.
        public var parts: [Part]

        public init(_ name: String, _ parts: [Part]) {
            (self.name, self.parts) = (name, parts)
        }
    }

    public var fields: [Field]
    public var places: [Place]

    public init(_ fields: [Field], places: [Place]) {
        (self.fields, self.places) = (fields, places)
    }
}

/// What stands in the places of one message. It is kept and filled anew, so that nothing is allocated for a message.
public struct PlaceValues: Sendable {
    package struct Value: Sendable {
        package var start = PlaceValues.headroom
        package var end = PlaceValues.headroom
        package var number = 0
    }

    /// So many bytes may be read before each text, whatever they are: who copies a short one takes it in one piece.
    @inlinable
    package static var headroom: Int { 16 }

    package private(set) var values: [Value]
    /// The texts of all places, one after another, and room for others.
    package private(set) var texts = [UInt8](repeating: 0, count: 128)
    private var end = PlaceValues.headroom

    /// - Parameter count: How many places there are.
    public init(count: Int) {
        values = [Value](repeating: Value(), count: count)
    }

    /// Forgets all texts.
    public mutating func removeAll() { end = Self.headroom }

    /// Fills a place of ``MessageTemplate/Place/integer(_:)``, or of words with the index of one.
    public mutating func set(_ place: Int, number: Int) { values[place].number = number }

    /// Fills a place with a text.
    public mutating func set(_ place: Int, text: some Collection<UInt8>) {
        let isSet: Void? = text.withContiguousStorageIfAvailable { set(place, bytes: UnsafeRawBufferPointer($0)) }
        if isSet == nil { Array(text).withUnsafeBytes { set(place, bytes: $0) } }
    }

    /// The same, of memory.
    package mutating func set(_ place: Int, bytes: UnsafeRawBufferPointer) {
        values[place].start = end
        end += bytes.count
        values[place].end = end
        if texts.count < end { texts += [UInt8](repeating: 0, count: max(end - texts.count, texts.count)) }
        let start = end - bytes.count
        texts.withUnsafeMutableBytes { $0[start...].copyBytes(from: bytes) }
    }
}

/// Makes messages of a template.
public protocol MessageWriter: Sendable {
    /// Appends a message.
    /// - Throws: ``MessageProblem`` where what is filled in makes a text that its field cannot have. Nothing is appended then.
    mutating func append(_ values: PlaceValues, to bytes: inout [UInt8]) throws(MessageProblem)
}

/// Makes messages of texts, for codecs that know no quicker way.
package struct TextMessageWriter: MessageWriter {
    private let codec: any MessageCodec
    private let encoding: Payload.Encoding
    private let template: MessageTemplate

    package init(_ template: MessageTemplate, _ codec: any MessageCodec, _ encoding: Payload.Encoding) {
        (self.template, self.codec, self.encoding) = (template, codec, encoding)
    }

    package mutating func append(_ values: PlaceValues, to bytes: inout [UInt8]) throws(MessageProblem) {
        let optional = Set(codec.fields.filter(\.isOptional).map(\.name))
        let fields = template.fields.compactMap { field -> MessageValue.Field? in
            let text = template.text(of: field.parts, values)
            let isOnlyPlaces = field.parts.allSatisfy { if case .place = $0 { true } else { false } }
            return text.isEmpty && isOnlyPlaces && optional.contains(field.name)
                ? nil : MessageValue.Field(field.name, text)
        }
        try codec.write(MessageValue(fields), as: encoding, to: &bytes)
    }
}

extension MessageTemplate {
    /// What parts come to.
    package func text(of parts: [Part], _ values: PlaceValues) -> String {
        var text: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let part): text += part.utf8
            case .place(let place): append(place, values, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes what stands in a place.
    package func append(_ place: Int, _ values: PlaceValues, to text: inout [UInt8]) {
        let value = values.values[place]
        switch places[place] {
        case .integer: text.append(decimal: value.number)
        case .words(let words): text += words[value.number].utf8
        case .like, .record: text += values.texts[value.start..<value.end]
        }
    }

    /// The places filled with the least that they can hold, or with the most; those that a record fills are empty.
    package func sample(least: Bool) -> PlaceValues {
        var values = PlaceValues(count: places.count)
        for (index, place) in places.enumerated() {
            switch place {
            case .integer(let range): values.set(index, number: least ? range.lowerBound : range.upperBound)
            case .words(let words): values.set(index, number: least ? 0 : words.count - 1)
            case .like(let text): values.set(index, text: text.utf8)
            case .record: break
            }
        }
        return values
    }
}
