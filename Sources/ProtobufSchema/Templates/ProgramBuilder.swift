import RPCCore

/// Puts programs together, in the order of what they write.
struct ProgramBuilder {
    typealias Step = MessageProgram.Step
    typealias Part = MessageTemplate.Part

    private(set) var program: MessageProgram.Parts

    init(_ template: MessageTemplate) {
        program = MessageProgram.Parts(template: template)
    }

    var template: MessageTemplate { program.template }

    /// - Parameter steps: In the order of what they write.
    mutating func finish(_ steps: [Step]) -> ProgramWriter {
        program.steps = joined(steps).reversed()
        return ProgramWriter(MessageProgram(program))
    }

    /// Steps in which constants that stand beside one another are one, unless one of them may be gone past without the other.
    private mutating func joined(_ steps: [Step]) -> [Step] {
        var beginnings: Set<Int> = []
        for (index, step) in steps.enumerated() {
            if case .skip(_, _, let count) = step { beginnings.insert(index - Int(count)) }
        }
        var joined: [Step] = []
        // How many steps there are before each one.
        var places: [Int] = []
        for (index, step) in steps.enumerated() {
            places.append(joined.count)
            switch step {
            case .constant(let start, let count):
                // Those that are joined stand at the end, one after another.
                let added = add(Array(program.constants[Int(start)..<Int(start + count)]))
                if case .constant(let first, let length)? = joined.last, !beginnings.contains(index) {
                    joined[joined.count - 1] = .constant(start: first, count: length + count)
                } else {
                    joined.append(.constant(start: Int32(added.lowerBound), count: count))
                }
            case .skip(let first, let tests, let count):
                let own = joined.count - places[index - Int(count)]
                joined.append(.skip(first: first, tests: tests, steps: Int32(own)))
            default: joined.append(step)
            }
        }
        return joined
    }

    mutating func constant(_ bytes: some Collection<UInt8>) -> Step {
        let range = add(bytes)
        return .constant(start: Int32(range.lowerBound), count: Int32(range.count))
    }

    private mutating func add(_ bytes: some Collection<UInt8>) -> Range<Int> {
        let start = program.constants.count
        program.constants += bytes
        return start..<program.constants.count
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
        let first = program.words.count
        for word in words { program.words.append(add(word)) }
        return .word(Int32(place), first: Int32(first))
    }

    mutating func number(_ place: Int, _ form: MessageProgram.NumberForm) -> Step { .number(Int32(place), form) }

    mutating func add(_ conflict: MessageProgram.Conflict) { program.conflicts.append(conflict) }

    mutating func limit(_ place: Int, to range: ClosedRange<Int>, path: String, type: String) {
        program.limits.append(MessageProgram.Limit(place: place, range: range, path: path, type: type))
    }

    /// Steps that are gone past where a condition holds.
    mutating func skip(_ steps: [Step], where condition: MessageProgram.Condition?) -> [Step] {
        guard let condition else { return steps }
        program.tests += condition
        let first = program.tests.count - condition.count
        return steps + [.skip(first: Int32(first), tests: Int32(condition.count), steps: Int32(steps.count))]
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
        var tests: MessageProgram.Condition = []
        for part in parts {
            guard case .place(let place) = part else { return nil }
            switch template.places[place] {
            case .integer, .like: return nil
            case .words(let words):
                let empty = words.indices.filter { words[$0].isEmpty }
                if empty.isEmpty { return nil }
                tests.append(.noWord(Int32(place), Set(empty)))
            case .record: tests.append(.noText(Int32(place)))
            }
        }
        return tests.isEmpty ? nil : tests
    }
}
