import RPCCore

/// JSON with places in it, taken apart. What has no place in it stays as it stands.
enum TemplateTree {
    typealias Part = MessageTemplate.Part

    case constant(String)
    /// A text, or one place that stands for a value of any kind.
    case leaf([Part])
    case list([TemplateTree])
    case object([(name: [Part], value: TemplateTree)])

    /// The places in it.
    var places: [Int] {
        switch self {
        case .constant: []
        case .leaf(let parts): Self.places(parts)
        case .list(let elements): elements.flatMap(\.places)
        case .object(let members): members.flatMap { Self.places($0.name) + $0.value.places }
        }
    }

    private static func places(_ parts: [Part]) -> [Int] {
        parts.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }

    /// Reads JSON with places in its texts, or in the place of values.
    /// - Throws: ``MessageProblem`` where it is no JSON.
    init(_ parts: [Part], of field: String) throws(MessageProblem) {
        var (text, holes, isInText): ([UInt8], [(offset: Int, place: Int)], Bool) = ([], [], false)
        for part in parts {
            switch part {
            case .text(let part):
                var isEscaped = false
                for byte in part.utf8 {
                    if byte == UInt8(ascii: "\""), !isEscaped { isInText.toggle() }
                    isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                    text.append(byte)
                }
            case .place(let place):
                // A filler; what stands for a value becomes a text of its own.
                if !isInText { text.append(UInt8(ascii: "\"")) }
                holes.append((text.count, place))
                text.append(UInt8(ascii: "_"))
                if !isInText { text.append(UInt8(ascii: "\"")) }
            }
        }
        let reader = TreeReader(text: text, holes: holes)
        do throws(JSONMessageFault) {
            self = try text.withJSON { json throws(JSONMessageFault) in
                var tokens = JSONTokens(json)
                let tree = try reader.value(&tokens, depth: DynamicMessage.maximumDepth)
                try tokens.expectEnd()
                return tree
            }
        } catch {
            throw MessageProblem(path: field, reason: error.reason)
        }
    }

    /// The JSON, in pieces to be filled in.
    func pieces() -> [Piece] {
        switch self {
        case .constant(let json): [.json(json)]
        case .leaf(let parts):
            if parts.count == 1, case .place(let place) = parts[0] { [.value(place)] } else { Self.text(parts) }
        case .list(let elements): Self.joined("[", elements.map { $0.pieces() }, "]")
        case .object(let members):
            Self.joined(
                "{",
                members.map { (member) -> [Piece] in Self.text(member.name) + [.json(":")] + member.value.pieces() },
                "}")
        }
    }

    private static func joined(_ open: String, _ parts: [[Piece]], _ close: String) -> [Piece] {
        var pieces: [Piece] = [.json(open)]
        for (index, part) in parts.enumerated() {
            if index > 0 { pieces.append(.json(",")) }
            pieces += part
        }
        pieces.append(.json(close))
        return pieces
    }

    enum Piece {
        case json(String)
        /// In a text.
        case place(Int)
        /// A value of its own.
        case value(Int)
    }

    private static func text(_ parts: [Part]) -> [Piece] {
        let inner = parts.map { part -> Piece in
            switch part {
            case .place(let place): return .place(place)
            case .text(let text):
                var json: [UInt8] = []
                json.append(jsonString: text)
                return .json(String(decoding: json.dropFirst().dropLast(), as: UTF8.self))
            }
        }
        return [.json("\"")] + inner + [.json("\"")]
    }
}

/// Reads the tree of a text whose places are filled with one byte each.
private struct TreeReader {
    let text: [UInt8]
    /// Where places are, in the order of the text.
    let holes: [(offset: Int, place: Int)]

    private func holes(in range: Range<Int>) -> ArraySlice<(offset: Int, place: Int)> {
        let first = holes.firstIndex { $0.offset >= range.lowerBound } ?? holes.endIndex
        return holes[first...].prefix { $0.offset < range.upperBound }
    }

    func value(_ tokens: inout JSONTokens, depth: Int) throws(JSONMessageFault) -> TemplateTree {
        guard depth >= 0 else { throw tokens.fault(DynamicMessage.tooDeep) }
        let start = tokens.start()
        var skipped = tokens
        try skipped.skipValue(depth: DynamicMessage.maximumDepth)
        guard !holes(in: start..<skipped.index).isEmpty else {
            tokens = skipped
            return .constant(String(decoding: text[start..<skipped.index], as: UTF8.self))
        }
        switch try tokens.kind() {
        case .list:
            var elements: [TemplateTree] = []
            try tokens.list { tokens, _ throws(JSONMessageFault) in
                elements.append(try value(&tokens, depth: depth - 1))
            }
            return .list(elements)
        case .object:
            var members: [(name: [MessageTemplate.Part], value: TemplateTree)] = []
            try tokens.object { tokens, _, start throws(JSONMessageFault) in
                var name = tokens
                name.index = start
                members.append((try leaf(&name), try value(&tokens, depth: depth - 1)))
            }
            return .object(members)
        default: return .leaf(try leaf(&tokens))
        }
    }

    /// The text that stands at the place, in pieces.
    private func leaf(_ tokens: inout JSONTokens) throws(JSONMessageFault) -> [MessageTemplate.Part] {
        let start = tokens.start()
        _ = try tokens.string()
        var (parts, from): ([MessageTemplate.Part], Int) = ([], start + 1)
        for hole in holes(in: start..<tokens.index) {
            try append(from..<hole.offset, to: &parts)
            parts.append(.place(hole.place))
            from = hole.offset + 1
        }
        try append(from..<tokens.index - 1, to: &parts)
        return parts
    }

    private func append(_ range: Range<Int>, to parts: inout [MessageTemplate.Part]) throws(JSONMessageFault) {
        guard !range.isEmpty else { return }
        let quoted = [UInt8(ascii: "\"")] + text[range] + [UInt8(ascii: "\"")]
        let part = try quoted.withJSON { json throws(JSONMessageFault) in
            var tokens = JSONTokens(json)
            return try tokens.string()
        }
        parts.append(.text(part))
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` for what throws an error by its type.
    func withJSON<Result>(
        _ read: (UnsafeRawBufferPointer) throws(JSONMessageFault) -> Result
    ) throws(JSONMessageFault) -> Result {
        try withUnsafeBytes { bytes in
            Swift.Result { () throws(JSONMessageFault) in try read(bytes) }
        }.get()
    }
}
