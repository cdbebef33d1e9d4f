import RPCCore

/// Puts programs together, in the order of what they write.
struct ProgramBuilder {
    typealias Step = MessageProgram.Step
    typealias Part = MessageTemplate.Part

    private(set) var program: MessageProgram

    init(_ template: MessageTemplate) {
        program = MessageProgram(template)
    }

    var template: MessageTemplate { program.template }

    /// - Parameter steps: In the order of what they write.
    mutating func finish(_ steps: [Step]) -> MessageProgram {
        program.steps = steps.reversed()
        program.seal()
        return program
    }

    mutating func constant(_ bytes: some Collection<UInt8>) -> Step {
        let start = program.constants.count
        program.constants += bytes
        return .constant(start: Int32(start), count: Int32(program.constants.count - start))
    }

    mutating func node() -> Int32 {
        program.nodes += 1
        return Int32(program.nodes - 1)
    }

    mutating func leaf(_ leaf: ParsedLeaf) -> Step {
        program.leaves.append(leaf)
        return .parsed(Int32(program.leaves.count - 1))
    }

    mutating func table(_ words: [[UInt8]], of place: Int) -> Step {
        program.tables.append(words)
        return .word(Int32(place), table: Int32(program.tables.count - 1))
    }

    mutating func number(_ place: Int, _ form: MessageProgram.NumberForm) -> Step { .number(Int32(place), form) }

    mutating func add(_ conflict: MessageProgram.Conflict) { program.conflicts.append(conflict) }

    mutating func limit(_ place: Int, to range: ClosedRange<Int>, path: String, type: String) {
        program.limits.append((place, range, path, type))
    }

    /// Steps that are gone past where a condition holds.
    mutating func skip(_ steps: [Step], where condition: MessageProgram.Condition?) -> [Step] {
        guard let condition else { return steps }
        program.conditions.append(condition)
        return steps + [.skip(condition: Int32(program.conditions.count - 1), count: Int32(steps.count))]
    }

    /// What is behind its length.
    mutating func nested(tag: [UInt8], _ steps: [Step]) -> [Step] {
        let node = node()
        return [constant(tag), .length(node)] + steps + [.end(node)]
    }

    /// The parts of a text, as they stand in the wire format or between the quotation marks of JSON.
    mutating func text(_ parts: [Part], as encoding: Payload.Encoding) -> [Step] {
        parts.map { part in
            switch part {
            case .text(let text): return constant(Self.bytes(text, encoding))
            case .place(let place):
                switch template.places[place] {
                case .integer: return number(place, .decimal)
                case .words(let words): return table(words.map { Self.bytes($0, encoding) }, of: place)
                case .like, .record: return encoding == .json ? .jsonText(Int32(place)) : .text(Int32(place))
                }
            }
        }
    }

    private static func bytes(_ text: String, _ encoding: Payload.Encoding) -> [UInt8] {
        guard encoding == .json else { return Array(text.utf8) }
        var json: [UInt8] = []
        json.append(jsonString: text)
        return Array(json.dropFirst().dropLast())
    }

    /// An object or a list of JSON.
    /// - Parameter members: With their names, and when they are left out.
    mutating func group(
        _ marks: (open: String, close: String), _ members: [(steps: [Step], condition: MessageProgram.Condition?)]
    ) -> [Step] {
        let node = node()
        var steps = [constant(marks.open.utf8)]
        for member in members { steps += skip(member.steps + [.comma(node)], where: member.condition) }
        return steps + [.closing(node), constant(marks.close.utf8)]
    }

    /// When parts come to nothing: where all of them are places that can be empty.
    func emptiness(of parts: [Part]) -> MessageProgram.Condition? {
        var places: [Int] = []
        for part in parts {
            guard case .place(let place) = part else { return nil }
            switch template.places[place] {
            case .integer, .like: return nil
            case .words(let words): if !words.contains("") { return nil }
            case .record: break
            }
            places.append(place)
        }
        return places.isEmpty ? nil : .isEmpty(places)
    }
}
