import RPCCore

/// Part of a message that is read from JSON each time, because it is no text and no number.
struct ParsedLeaf: Sendable {
    /// Reads JSON as what it is to be in the message.
    typealias Read = @Sendable ([UInt8]) throws(MessageProblem) -> [UInt8]

    private let pieces: [TemplateTree.Piece]
    /// Whether a text that is a value of its own stands in quotation marks.
    private let isQuoted: @Sendable (String) -> Bool
    private let convert: Read
    /// What was read last, and from what: times change once in a thousand messages.
    private(set) var bytes: [UInt8] = []
    private var json: [UInt8] = []
    private var last: [UInt8]?

    /// When it is left out.
    let condition: MessageProgram.Condition?

    init(
        _ pieces: [TemplateTree.Piece], _ condition: MessageProgram.Condition?,
        isQuoted: @escaping @Sendable (String) -> Bool, _ convert: @escaping Read
    ) {
        (self.pieces, self.condition, self.isQuoted, self.convert) = (pieces, condition, isQuoted, convert)
    }

    mutating func read(_ template: MessageTemplate, _ values: PlaceValues) throws(MessageProblem) {
        json.removeAll(keepingCapacity: true)
        for piece in pieces {
            switch piece {
            case .json(let text): json += text.utf8
            case .place(let place):
                var quoted: [UInt8] = []
                quoted.append(jsonString: template.text(of: [.place(place)], values))
                json += quoted.dropFirst().dropLast()
            case .value(let place):
                let text = template.text(of: [.place(place)], values)
                if isQuoted(text) { json.append(jsonString: text) } else { json += text.utf8 }
            }
        }
        guard json != last else { return }
        last = nil
        bytes = try convert(json)
        last = json
    }
}
