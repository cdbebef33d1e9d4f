import RPCCore

/// A template ready to be run: constant bytes, and what is filled in between them.
///
/// It writes a message from its end to its beginning, so that the length of what is nested is known when it is to be written.
struct MessageProgram: MessageWriter {
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
        /// What the word that stands in a place is written as.
        case word(Int32, table: Int32)
        /// What is read anew for each message.
        case parsed(Int32)
        /// Behind what is nested.
        case end(Int32)
        /// The length of what is nested.
        case length(Int32)
        /// Behind an object; behind a member of it, of which it begins with a comma unless it is the last.
        case closing(Int32)
        case comma(Int32)
        /// Goes past as many steps where a condition holds.
        case skip(condition: Int32, count: Int32)
    }

    /// When a field is left out.
    enum Condition {
        /// Nothing is filled in.
        case isEmpty([Int])
        case isZero(Int)
    }

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

    let template: MessageTemplate
    /// In the reverse of the order in which what they write stands.
    var steps: [Step] = []
    var constants: [UInt8] = []
    var tables: [[[UInt8]]] = []
    var conditions: [Condition] = []
    var conflicts: [Conflict] = []
    var leaves: [ParsedLeaf] = []
    /// What numbers may be where they stand.
    var limits: [(place: Int, range: ClosedRange<Int>, path: String, type: String)] = []
    var nodes = 0
    /// The bytes that the steps take at most, but for texts and what is parsed.
    private var bound = 0
    /// The places of texts, each as often as it is written, with the most bytes that a byte may take.
    private var textUses: [(place: Int, factor: Int)] = []
    private var parsedUses: [Int] = []
    /// Where nested messages end; whether something stands in an object already.
    private var marks: [Int] = []
    private var buffer: [UInt8] = []

    init(_ template: MessageTemplate) {
        self.template = template
    }

    /// Counts what the steps need. Nothing can be added then.
    mutating func seal() {
        marks = [Int](repeating: 0, count: nodes)
        for step in steps {
            switch step {
            case .constant(_, let count): bound += Int(count)
            case .text(let place): textUses.append((Int(place), 1))
            case .jsonText(let place): textUses.append((Int(place), 6))
            case .number: bound += 24
            case .word(_, let table): bound += tables[Int(table)].map(\.count).max() ?? 0
            case .parsed(let leaf): parsedUses.append(Int(leaf))
            case .length: bound += 10
            case .comma: bound += 1
            case .end, .closing, .skip: break
            }
        }
    }

    mutating func append(_ values: PlaceValues, to bytes: inout [UInt8]) throws(MessageProblem) {
        for conflict in conflicts
        where !holds(conflict.first.condition, values) && !holds(conflict.second.condition, values) {
            throw conflict.problem
        }
        for limit in limits where !limit.range.contains(values.values[limit.place].number) {
            throw MessageProblem(
                path: limit.path, reason: "\(values.values[limit.place].number) is out of range for \(limit.type)")
        }
        var bound = bound
        for (place, factor) in textUses { bound += (values.values[place].end - values.values[place].start) * factor }
        for index in leaves.indices where !holds(leaves[index].condition, values) {
            try leaves[index].read(template, values)
        }
        for leaf in parsedUses { bound += leaves[leaf].bytes.count }
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound * 2) }
        let start = run(values)
        bytes.append(contentsOf: buffer[start...])
    }

    private func holds(_ condition: Condition?, _ values: PlaceValues) -> Bool {
        switch condition {
        case nil: false
        case .isZero(let place): values.values[place].number == 0
        case .isEmpty(let places):
            places.allSatisfy { place in
                switch template.places[place] {
                case .integer: false
                case .words(let words): words[values.values[place].number].isEmpty
                case .like, .record: values.values[place].start == values.values[place].end
                }
            }
        }
    }

    /// - Returns: where the message begins in the buffer, at whose end it ends.
    private mutating func run(_ values: PlaceValues) -> Int {
        var buffer: [UInt8] = []
        swap(&buffer, &self.buffer)
        defer { swap(&buffer, &self.buffer) }
        return buffer.withUnsafeMutableBytes { buffer in
            var writer = BackwardWriter(buffer)
            var index = 0
            while index < steps.count {
                switch steps[index] {
                case .constant(let start, let count):
                    constants.withUnsafeBytes { writer.write($0[Int(start)..<Int(start) + Int(count)]) }
                case .text(let place):
                    let value = values.values[Int(place)]
                    values.texts.withUnsafeBytes { writer.write($0[value.start..<value.end]) }
                case .jsonText(let place):
                    let value = values.values[Int(place)]
                    values.texts.withUnsafeBytes { writer.write(escaped: $0[value.start..<value.end]) }
                case .number(let place, let form): writer.write(values.values[Int(place)].number, form)
                case .word(let place, let table):
                    tables[Int(table)][values.values[Int(place)].number].withUnsafeBytes { writer.write($0[...]) }
                case .parsed(let leaf): leaves[Int(leaf)].bytes.withUnsafeBytes { writer.write($0[...]) }
                case .end(let node): marks[Int(node)] = writer.position
                case .length(let node): writer.write(varint: UInt64(marks[Int(node)] - writer.position))
                case .closing(let node): marks[Int(node)] = 0
                case .comma(let node):
                    if marks[Int(node)] != 0 { writer.write(byte: UInt8(ascii: ",")) }
                    marks[Int(node)] = 1
                case .skip(let condition, let count):
                    if holds(conditions[Int(condition)], values) { index += Int(count) }
                }
                index += 1
            }
            return writer.position
        }
    }
}

/// Writes into memory from its end. There must be room for everything.
private struct BackwardWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var position: Int

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
        position = buffer.count
    }

    mutating func write(byte: UInt8) {
        position -= 1
        buffer[position] = byte
    }

    mutating func write(_ bytes: Slice<UnsafeRawBufferPointer>) {
        position -= bytes.count
        guard let target = buffer.baseAddress, let source = UnsafeRawBufferPointer(rebasing: bytes).baseAddress else {
            return
        }
        (target + position).copyMemory(from: source, byteCount: bytes.count)
    }

    mutating func write(varint value: UInt64) {
        var (rest, count) = (value >> 7, 1)
        while rest > 0 { (rest, count) = (rest >> 7, count + 1) }
        position -= count
        rest = value
        for index in position..<position + count - 1 {
            buffer[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
        }
        buffer[position + count - 1] = UInt8(truncatingIfNeeded: rest)
    }

    mutating func write<Value: BitwiseCopyable>(fixed value: Value) {
        position -= MemoryLayout<Value>.size
        buffer.storeBytes(of: value, toByteOffset: position, as: Value.self)
    }

    mutating func write(_ number: Int, _ form: MessageProgram.NumberForm) {
        switch form {
        case .varint: write(varint: UInt64(bitPattern: Int64(number)))
        case .zigzag: write(varint: UInt64(bitPattern: Int64(number << 1 ^ number >> 63)))
        case .fixed32: write(fixed: UInt32(truncatingIfNeeded: number).littleEndian)
        case .fixed64: write(fixed: UInt64(bitPattern: Int64(number)).littleEndian)
        case .float: write(fixed: Float(number).bitPattern.littleEndian)
        case .double: write(fixed: Double(number).bitPattern.littleEndian)
        case .decimal: write(decimal: number)
        case .quotedDecimal:
            write(byte: UInt8(ascii: "\""))
            write(decimal: number)
            write(byte: UInt8(ascii: "\""))
        }
    }

    private mutating func write(decimal number: Int) {
        var rest = number.magnitude
        repeat {
            write(byte: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        if number < 0 { write(byte: UInt8(ascii: "-")) }
    }

    /// Writes a text as JSON has it between quotation marks.
    mutating func write(escaped text: Slice<UnsafeRawBufferPointer>) {
        let isPlain = text.allSatisfy {
            $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F
        }
        guard !isPlain else { return write(text) }
        var json: [UInt8] = []
        json.append(jsonString: String(decoding: text, as: UTF8.self))
        json.withUnsafeBytes { write($0[1..<json.count - 1]) }
    }
}

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
