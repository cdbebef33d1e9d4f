import RPCCore

/// A template ready to be run: constant bytes, and what is filled in between them.
///
/// It writes a message from its end to its beginning, so that the length of what is nested is known when it is to be written.
final class MessageProgram: Sendable {
    /// How a number is written.
    enum NumberForm: UInt8 {
        case varint, zigzag, fixed32, fixed64, float, double, decimal, quotedDecimal
    }

    enum Step {
        /// Some of the constant bytes.
        case constant(start: Int32, count: Int32)
        /// The text of a place.
        case text(Int32)
        /// The text of a place within a text of JSON.
        case jsonText(Int32)
        case number(Int32, NumberForm)
        /// What the word that stands in a place is written as, among ``words`` from there on.
        case word(Int32, first: Int32)
        /// What is read anew for each message.
        case parsed(Int32)
        /// Behind what is nested.
        case end(Int32)
        /// The length of what is nested.
        case length(Int32)
        /// Behind an object; behind a member of it, of which it begins with a comma unless it is the last.
        case closing(Int32)
        case comma(Int32)
        /// Goes past as many steps where so many ``tests`` are met, from the first on.
        case skip(first: Int32, tests: Int32, steps: Int32)
    }

    /// That nothing is in a place.
    enum Test {
        case zero(Int32)
        case noText(Int32)
        /// The word that is chosen has no letters; which word that is.
        case noWord(Int32, Set<Int>)

        func isMet(_ values: PlaceValues) -> Bool {
            switch self {
            case .zero(let place): values.values[Int(place)].number == 0
            case .noText(let place): values.values[Int(place)].start == values.values[Int(place)].end
            case .noWord(let place, let empty): empty.contains(values.values[Int(place)].number)
            }
        }
    }

    /// When a field is left out: all of these are met.
    typealias Condition = [Test]

    /// Two fields of a oneof, of which one can be set; a field without a condition always is.
    struct Conflict {
        var first: (name: String, condition: Condition?)
        var second: (name: String, condition: Condition?)
        var path: String
        var oneof: String

        var problem: MessageProblem {
            MessageProblem(
                path: path + second.name,
                reason: "\(first.name) is given too, and of the oneof \(oneof) one can be")
        }
    }

    /// What a number may be where it stands.
    struct Limit {
        var place: Int
        var range: ClosedRange<Int>
        var path: String
        var type: String
    }

    /// What a builder puts together.
    struct Parts: Sendable {
        let template: MessageTemplate
        /// In the reverse of the order in which what they write stands.
        var steps: [Step] = []
        /// Before the first one there is room; see ``PlaceValues/headroom``.
        var constants = [UInt8](repeating: 0, count: PlaceValues.headroom)
        /// Where among the constants the words of places are.
        var words: [Range<Int>] = []
        var tests: [Test] = []
        var conflicts: [Conflict] = []
        var limits: [Limit] = []
        var leaves: [ParsedLeaf] = []
        var nodes = 0
    }

    let parts: Parts
    /// The bytes that the steps take at most, but for texts and what is parsed.
    private let bound: Int
    /// The places of texts, each as often as it is written, with the most bytes that a byte may take.
    private let textUses: [(place: Int, factor: Int)]
    private let parsedUses: [Int]

    init(_ parts: Parts) {
        self.parts = parts
        let longest = parts.words.map(\.count).max() ?? 0
        var (bound, textUses, parsedUses): (Int, [(place: Int, factor: Int)], [Int]) = (PlaceValues.headroom, [], [])
        for step in parts.steps {
            switch step {
            case .constant(_, let count): bound += Int(count)
            case .text(let place): textUses.append((Int(place), 1))
            case .jsonText(let place): textUses.append((Int(place), 6))
            case .number: bound += 24
            case .word: bound += longest
            case .parsed(let leaf): parsedUses.append(Int(leaf))
            case .length: bound += 10
            case .comma: bound += 1
            case .end, .closing, .skip: break
            }
        }
        (self.bound, self.textUses, self.parsedUses) = (bound, textUses, parsedUses)
    }

    /// - Throws: ``MessageProblem`` where what is filled in is not what its field can have.
    func check(_ values: PlaceValues) throws(MessageProblem) {
        for index in parts.conflicts.indices
        where !holds(parts.conflicts[index].first.condition, values)
            && !holds(parts.conflicts[index].second.condition, values)
        {
            throw parts.conflicts[index].problem
        }
        for index in parts.limits.indices {
            let number = values.values[parts.limits[index].place].number
            guard !parts.limits[index].range.contains(number) else { continue }
            throw MessageProblem(
                path: parts.limits[index].path, reason: "\(number) is out of range for \(parts.limits[index].type)")
        }
    }

    /// The most bytes that a message takes.
    func bound(_ values: PlaceValues, _ leaves: [ParsedLeaf]) -> Int {
        var bound = bound
        for (place, factor) in textUses { bound += (values.values[place].end - values.values[place].start) * factor }
        for leaf in parsedUses { bound += leaves[leaf].bytes.count }
        return bound
    }

    func holds(_ condition: Condition?, _ values: PlaceValues) -> Bool {
        guard let condition else { return false }
        return condition.allSatisfy { $0.isMet(values) }
    }

    /// Writes a message.
    /// - Returns: where it begins in the buffer, at whose end it ends.
    func run(_ values: PlaceValues, _ leaves: [ParsedLeaf], in buffer: UnsafeMutableRawBufferPointer) -> Int {
        // Where nested messages end; whether something stands in an object already.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: parts.nodes) { marks in
            parts.constants.withUnsafeBytes { constants in
                values.texts.withUnsafeBytes { texts in
                    run(values, leaves, constants, texts, marks, in: buffer)
                }
            }
        }
    }

    private func run(
        _ values: PlaceValues, _ leaves: [ParsedLeaf], _ constants: UnsafeRawBufferPointer,
        _ texts: UnsafeRawBufferPointer, _ marks: UnsafeMutableBufferPointer<Int>,
        in buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(buffer)
        var index = 0
        while index < parts.steps.count {
            switch parts.steps[index] {
            case .constant(let start, let count):
                writer.write(constants, Int(start)..<Int(start) + Int(count))
            case .text(let place):
                let value = values.values[Int(place)]
                writer.write(texts, value.start..<value.end)
            case .jsonText(let place):
                let value = values.values[Int(place)]
                writer.write(escaped: texts, value.start..<value.end)
            case .number(let place, let form): writer.write(values.values[Int(place)].number, form)
            case .word(let place, let first):
                writer.write(constants, parts.words[Int(first) + values.values[Int(place)].number])
            case .parsed(let leaf): leaves[Int(leaf)].bytes.withUnsafeBytes { writer.write(all: $0) }
            case .end(let node): marks[Int(node)] = writer.position
            case .length(let node): writer.write(varint: UInt64(marks[Int(node)] - writer.position))
            case .closing(let node): marks[Int(node)] = 0
            case .comma(let node):
                if marks[Int(node)] != 0 { writer.write(byte: UInt8(ascii: ",")) }
                marks[Int(node)] = 1
            case .skip(let first, let count, let steps):
                let tests = parts.tests[Int(first)..<Int(first + count)]
                if tests.allSatisfy({ $0.isMet(values) }) { index += Int(steps) }
            }
            index += 1
        }
        return writer.position
    }
}

/// Makes messages by a program.
struct ProgramWriter: MessageWriter {
    private let program: MessageProgram
    private var leaves: [ParsedLeaf]
    private var buffer: [UInt8] = []

    init(_ program: MessageProgram) {
        self.program = program
        leaves = program.parts.leaves
    }

    mutating func append(_ values: PlaceValues, to bytes: inout [UInt8]) throws(MessageProblem) {
        try program.check(values)
        for index in leaves.indices where !program.holds(leaves[index].condition, values) {
            try leaves[index].read(program.parts.template, values)
        }
        let bound = program.bound(values, leaves)
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound * 2) }
        buffer.withUnsafeMutableBufferPointer { [program, leaves] buffer in
            let start = program.run(values, leaves, in: UnsafeMutableRawBufferPointer(buffer))
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start...]))
        }
    }
}
