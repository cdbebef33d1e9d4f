import RPCCore

/// Makes a program of a template of messages that are known by their definition.
struct TemplateCompiler {
    typealias Step = MessageProgram.Step
    typealias Condition = MessageProgram.Condition
    typealias Member = (field: FieldDescriptor, tree: TemplateTree)

    private let schema: Schema
    private let style: JSONStyle
    private let encoding: Payload.Encoding
    private let values: ValueEncoder
    private var builder: ProgramBuilder

    init(_ template: MessageTemplate, in schema: Schema, _ style: JSONStyle, as encoding: Payload.Encoding) {
        (self.schema, self.style, self.encoding) = (schema, style, encoding)
        values = ValueEncoder(schema: schema, style: style, encoding: encoding)
        builder = ProgramBuilder(template)
    }

    mutating func program(_ descriptor: MessageDescriptor) throws(MessageProblem) -> ProgramWriter {
        var (members, unknown): ([Member], [UInt8]) = ([], [])
        for part in builder.template.fields {
            guard let field = descriptor.field(named: part.name) else {
                if part.name == MessageValue.unknownName { unknown += try unknownFields(part.parts, path: "") }
                continue
            }
            members.append((field, try tree(of: field, part.parts)))
        }
        return builder.finish(try fields(members, unknown, of: descriptor, path: "").steps)
    }

    /// What stands in a field of the template: a text as it is, and JSON where it holds what is nested.
    private func tree(of field: FieldDescriptor, _ parts: [MessageTemplate.Part]) throws(MessageProblem) -> TemplateTree
    {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part else {
                let isNested = field.isRepeated || field.kind.isMessage && !field.hasTextForm(in: schema)
                return isNested ? try TemplateTree(parts, of: field.name) : .leaf(parts)
            }
            text += piece
        }
        var json: [UInt8] = []
        if field.isWrittenAsString(text, in: schema) { json.append(jsonString: text) } else { json = Array(text.utf8) }
        return .constant(String(decoding: json, as: UTF8.self))
    }

    // MARK: Messages

    /// The fields of a message, and when all of them are left out.
    /// - Parameter unknown: What is not in the definition.
    private mutating func fields(
        _ members: [Member], _ unknown: [UInt8], of descriptor: MessageDescriptor, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        var parts: [(field: FieldDescriptor, steps: [Step], condition: Condition?)] = []
        for (field, tree) in members.sorted(by: { $0.field.number < $1.field.number }) {
            guard parts.last?.field !== field else {
                throw MessageProblem(path: path + field.name, reason: "the field is given twice")
            }
            guard let (steps, condition) = try self.field(field, tree, path: path + field.name) else { continue }
            if let oneof = field.oneof, !field.isExtension {
                for other in parts where other.field.oneof == oneof && !other.field.isExtension {
                    let conflict = MessageProgram.Conflict(
                        first: (other.field.name, other.condition), second: (field.name, condition), path: path,
                        oneof: descriptor.oneofs[oneof].name)
                    if condition == nil, other.condition == nil { throw conflict.problem }
                    builder.add(conflict)
                }
            }
            parts.append((field, steps, condition))
        }
        if let missing = descriptor.fields.first(where: { field in
            field.isRequired && !parts.contains { $0.field === field }
        }) {
            throw MessageProblem(path: path + missing.name, reason: "a value is required")
        }
        let condition = unknown.isEmpty || encoding == .json ? emptiness(of: parts.map { $0.condition }) : nil
        guard encoding == .json else {
            let known = parts.flatMap { builder.skip($0.steps, where: $0.condition) }
            return (unknown.isEmpty ? known : known + [builder.constant(unknown)], condition)
        }
        let named = parts.map { part in
            var name: [UInt8] = []
            let isOriginal = style.usesOriginalNames && !part.field.isExtension
            name.append(jsonString: isOriginal ? part.field.name : part.field.jsonName)
            name.append(UInt8(ascii: ":"))
            return (steps: [builder.constant(name)] + part.steps, condition: part.condition)
        }
        return (builder.group(("{", "}"), named), condition)
    }

    /// When all parts of something are left out.
    private func emptiness(of parts: [Condition?]) -> Condition? {
        var tests: Condition = []
        for part in parts {
            guard let part, !part.isZero else { return nil }
            tests += part
        }
        return tests.isEmpty ? nil : tests
    }

    private func members(
        _ tree: [(name: [MessageTemplate.Part], value: TemplateTree)], of descriptor: MessageDescriptor, path: String
    ) throws(MessageProblem) -> (members: [Member], unknown: [UInt8]) {
        var (members, unknown): ([Member], [UInt8]) = ([], [])
        for (parts, value) in tree {
            guard case .text(let name) = parts.first ?? .text(""), parts.count <= 1 else {
                throw MessageProblem(path: path, reason: "the name of a field is no template")
            }
            guard let field = descriptor.field(named: name) else {
                if name == MessageValue.unknownName, case .constant(let json) = value {
                    unknown += try unknownFields(json: json, path: path)
                    continue
                }
                let near = descriptor.nearestField(to: name).map { "; is '\($0)' meant?" }
                throw MessageProblem(
                    path: path, reason: "\(descriptor.fullName) has no field '\(name)'\(near ?? "")")
            }
            members.append((field, value))
        }
        return (members, unknown)
    }

    private func unknownFields(json: String, path: String) throws(MessageProblem) -> [UInt8] {
        let text = try? Array(json.utf8).withJSON { json throws(JSONMessageFault) in
            var tokens = JSONTokens(json)
            return try tokens.string()
        }
        return try UnknownFields.written(text ?? "{", path + ".")
    }

    private func unknownFields(_ parts: [MessageTemplate.Part], path: String) throws(MessageProblem) -> [UInt8] {
        var text = ""
        for part in parts {
            // A place in it is no base64.
            if case .text(let piece) = part { text += piece } else { text += "{" }
        }
        return try UnknownFields.written(text, path)
    }

    // MARK: Fields

    /// A field with its tag, or what it is in JSON, and when it is left out; `nil` where it is not set.
    private mutating func field(
        _ field: FieldDescriptor, _ tree: TemplateTree, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?)? {
        switch tree {
        case .constant(let json):
            let bytes = try values.content(Array(json.utf8), of: field, path: path)
            return bytes.isEmpty ? nil : ([builder.constant(bytes)], nil)
        case .leaf(let parts) where field.isRepeated:
            return try parsed(tree, of: field, isWhole: true, parts, path: path)
        case .list(let elements) where field.isRepeated && !field.isMap:
            return try list(elements, of: field, path: path)
        case .object(let entries) where field.isMap: return try map(entries, tree, of: field, path: path)
        default:
            guard !field.isRepeated else {
                throw MessageProblem(
                    path: path, reason: field.isMap ? "an object is expected for a map" : "a list is expected")
            }
            return try value(field, tree, isTagged: true, path: path)
        }
    }

    private mutating func list(
        _ elements: [TemplateTree], of field: FieldDescriptor, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        var parts: [(steps: [Step], condition: Condition?)] = []
        for (index, element) in elements.enumerated() {
            parts.append(try value(field, element, isTagged: !field.isPacked, path: "\(path)[\(index)]"))
        }
        let condition = emptiness(of: parts.map { $0.condition })
        guard encoding == .protobuf else { return (builder.group(("[", "]"), parts), condition) }
        let steps = parts.flatMap { builder.skip($0.steps, where: $0.condition) }
        return (field.isPacked ? builder.nested(tag: .tag(field.number, .length), steps) : steps, condition)
    }

    private mutating func map(
        _ entries: [(name: [MessageTemplate.Part], value: TemplateTree)], _ tree: TemplateTree,
        of field: FieldDescriptor,
        path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        let entry = schema.messages[field.type]
        guard let keyField = entry.field(number: 1), let valueField = entry.field(number: 2) else {
            throw MessageProblem(path: path, reason: "the map has no key or no value")
        }
        var (parts, seen): ([(steps: [Step], condition: Condition?)], Set<String>) = ([], [])
        for (name, value) in entries {
            // Which keys there are is only known when it is filled in.
            if name.contains(where: { if case .place = $0 { true } else { false } }) {
                return try parsed(tree, of: field, isWhole: true, [], path: path)
            }
            let text = builder.template.text(of: name, PlaceValues(count: 0))
            let path = "\(path)[\"\(text)\"]"
            guard seen.insert(text).inserted else { throw MessageProblem(path: path, reason: "the key is given twice") }
            // The key is checked, and written, as one of a map that has no other.
            var quoted: [UInt8] = []
            quoted.append(jsonString: text)
            let isText = keyField.kind == .string
            let key = isText ? quoted : Array(text.utf8)
            let keyBytes = try values.single(key, of: keyField, isTagged: true, path: path)
            let made = try self.value(valueField, value, isTagged: true, path: path)
            // An entry is there, whatever its value is.
            let condition = made.condition.flatMap { $0.isZero ? nil : $0 }
            guard encoding == .json else {
                let inner = [builder.constant(keyBytes)] + made.steps
                parts.append((builder.nested(tag: .tag(field.number, .length), inner), condition))
                continue
            }
            parts.append(([builder.constant(quoted + [UInt8(ascii: ":")])] + made.steps, condition))
        }
        let condition = emptiness(of: parts.map { $0.condition })
        guard encoding == .protobuf else { return (builder.group(("{", "}"), parts), condition) }
        return (parts.flatMap { builder.skip($0.steps, where: $0.condition) }, condition)
    }

    // MARK: Values

    /// One value of a field.
    private mutating func value(
        _ field: FieldDescriptor, _ tree: TemplateTree, isTagged: Bool, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        switch tree {
        case .constant(let json):
            return (
                [builder.constant(try values.single(Array(json.utf8), of: field, isTagged: isTagged, path: path))], nil
            )
        case .object(let inner) where field.kind.isMessage && schema.messages[field.type].wellKnown == nil:
            let descriptor = schema.messages[field.type]
            let (members, unknown) = try members(inner, of: descriptor, path: path)
            let (steps, condition) = try fields(members, unknown, of: descriptor, path: path + ".")
            guard encoding == .protobuf else { return (steps, condition) }
            guard field.kind == .group else {
                return (builder.nested(tag: .tag(field.number, .length), steps), condition)
            }
            let marks = [UInt8].tag(field.number, .startGroup), end = [UInt8].tag(field.number, .endGroup)
            return ([builder.constant(marks)] + steps + [builder.constant(end)], condition)
        case .leaf(let parts):
            let condition = field.isRequired ? nil : builder.emptiness(of: parts)
            if field.kind == .string {
                let text = builder.text(parts, as: encoding)
                guard encoding == .json else {
                    return (builder.nested(tag: .tag(field.number, .length), text), condition)
                }
                return ([builder.constant("\"".utf8)] + text + [builder.constant("\"".utf8)], condition)
            }
            guard parts.count == 1, case .place(let place) = parts[0] else { break }
            switch builder.template.places[place] {
            case .integer(let range) where field.kind.takesIntegers:
                return try number(place, range, of: field, isTagged: isTagged, path: path)
            case .words(let words) where !field.kind.isMessage:
                var table: [[UInt8]] = []
                for word in words {
                    var json = Array(word.utf8)
                    if field.isElementWrittenAsString(word, in: schema) {
                        json = []
                        json.append(jsonString: word)
                    }
                    let isLeftOut = word.isEmpty && condition != nil
                    table.append(isLeftOut ? [] : try values.single(json, of: field, isTagged: isTagged, path: path))
                }
                return ([builder.table(table, of: place)], condition)
            default: break
            }
        case .list, .object: break
        }
        guard case .leaf(let parts) = tree else {
            return try parsed(tree, of: field, isWhole: false, [], isTagged: isTagged, path: path)
        }
        return try parsed(tree, of: field, isWhole: false, parts, isTagged: isTagged, path: path)
    }

    private mutating func number(
        _ place: Int, _ range: ClosedRange<Int>, of field: FieldDescriptor, isTagged: Bool, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        if field.kind == .enum {
            let definition = schema.enums[field.type]
            let unnamed = range.prefix(65_536).first { number in
                Int32(exactly: number).flatMap { definition.name(of: $0) } == nil
            }
            if let unnamed {
                throw MessageProblem(
                    path: path,
                    reason: "\(definition.fullName) has no value \(unnamed); choose among names, as in "
                        + "{random:\(definition.values.suffix(2).map(\.name).joined(separator: "|"))}")
            }
        } else if let limits = field.kind.integerLimits {
            guard limits.contains(range.lowerBound), limits.contains(range.upperBound) else {
                let number = limits.contains(range.lowerBound) ? range.upperBound : range.lowerBound
                throw MessageProblem(path: path, reason: "\(number) is out of range for \(field.kind.keyword)")
            }
            builder.limit(place, to: limits, path: path, type: field.kind.keyword)
        }
        guard encoding == .protobuf else {
            let isQuoted = field.kind.isLong && !style.writes64BitAsNumbers
            return ([builder.number(place, isQuoted ? .quotedDecimal : .decimal)], nil)
        }
        let number = builder.number(place, field.kind.numberForm)
        let isImplicit = !field.hasPresence && !field.isRepeated && !field.isRequired
        let tag = isTagged ? [builder.constant([UInt8].tag(field.number, field.kind.wireType))] : []
        return (tag + [number], isImplicit ? [.zero(Int32(place))] : nil)
    }

    /// What is read from JSON for each message.
    /// - Parameter isWhole: Whether it is all of a repeated field.
    private mutating func parsed(
        _ tree: TemplateTree, of field: FieldDescriptor, isWhole: Bool, _ parts: [MessageTemplate.Part],
        isTagged: Bool = true, path: String
    ) throws(MessageProblem) -> (steps: [Step], condition: Condition?) {
        let condition = field.isRequired || parts.isEmpty ? nil : builder.emptiness(of: parts)
        let (schema, values) = (schema, values)
        let isQuoted: @Sendable (String) -> Bool = { text in
            guard case .leaf = tree, !isWhole else { return !text.isJSON }
            return field.isElementWrittenAsString(text, in: schema)
        }
        let leaf = ParsedLeaf(tree.pieces(), condition, isQuoted: isQuoted) { json throws(MessageProblem) in
            isWhole
                ? try values.content(json, of: field, path: path)
                : try values.single(json, of: field, isTagged: isTagged, path: path)
        }
        if !tree.places.contains(where: { builder.template.places[$0] == .record }) {
            // What does not depend on a record is known to be right, or not, before anything is sent.
            for least in [true, false] {
                var sample = leaf
                try sample.read(builder.template, builder.template.sample(least: least))
            }
        }
        return ([builder.leaf(leaf)], condition)
    }
}

extension MessageProgram.Condition {
    /// Whether it is of a number that is there, and is the usual one.
    fileprivate var isZero: Bool { contains { if case .zero = $0 { true } else { false } } }
}

extension [UInt8] {
    fileprivate static func tag(_ number: Int, _ type: WireType) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(tag: number, type)
        return bytes
    }
}

extension String {
    /// Whether it is JSON (RFC 8259).
    var isJSON: Bool { Array(utf8).withUnsafeBytes { JSONCheck.fault(in: $0) } == nil }
}

extension FieldKind {
    /// Whether every whole number in its limits is one of its values.
    fileprivate var takesIntegers: Bool {
        switch self {
        case .bool, .string, .bytes, .message, .group: false
        default: true
        }
    }

    /// `nil` where every number fits.
    fileprivate var integerLimits: ClosedRange<Int>? {
        switch self {
        case .int32, .sint32, .sfixed32: Int(Int32.min)...Int(Int32.max)
        case .uint32, .fixed32: 0...Int(UInt32.max)
        case .uint64, .fixed64: 0...Int.max
        default: nil
        }
    }

    fileprivate var numberForm: MessageProgram.NumberForm {
        switch self {
        case .sint32, .sint64: .zigzag
        case .fixed32, .sfixed32: .fixed32
        case .fixed64, .sfixed64: .fixed64
        case .float: .float
        case .double: .double
        default: .varint
        }
    }
}
