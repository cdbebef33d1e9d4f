import RPCCore

/// Reads messages from JSON by protobuf's mapping (https://protobuf.dev/programming-guides/json), with the place of what is wrong.
struct JSONMessageReader {
    typealias Value = DynamicMessage.Value

    let schema: Schema
    /// Whether a name that is not in the definition is passed over.
    var allowsUnknown = false
    /// Whether it reads as the gateway does: fields by their original names alone, and enums by their numbers.
    var isGateway = false

    /// Reads a text that is one message.
    func message(_ descriptor: MessageDescriptor, _ text: UnsafeRawBufferPointer) throws(JSONMessageFault)
        -> DynamicMessage
    {
        var tokens = JSONTokens(text)
        let message = try wholeMessage(descriptor, &tokens, from: 0)
        try tokens.expectEnd()
        return message
    }

    /// Reads the message that stands at the place, and checks that nothing is missing.
    func wholeMessage(
        _ descriptor: MessageDescriptor, _ tokens: inout JSONTokens, from start: Int
    ) throws(JSONMessageFault) -> DynamicMessage {
        let message = try read(descriptor, &tokens, depth: DynamicMessage.maximumDepth)
        if schema.canLackFields(descriptor), let path = message.missingField() {
            throw JSONMessageFault(reason: "a value is required", offset: start, path: path)
        }
        return message
    }

    /// Reads the message that stands at the place, and goes past it.
    func read(
        _ descriptor: MessageDescriptor, _ tokens: inout JSONTokens, depth: Int
    ) throws(JSONMessageFault) -> DynamicMessage {
        guard depth >= 0 else { throw tokens.fault(DynamicMessage.tooDeep) }
        if let wellKnown = descriptor.wellKnown {
            return try read(wellKnown, descriptor, &tokens, depth: depth)
        }
        guard try tokens.kind() == .object else {
            throw tokens.fault("an object is expected for \(descriptor.fullName)")
        }
        var message = DynamicMessage(descriptor)
        try readFields(of: &message, &tokens, depth: depth, passing: nil)
        return message
    }

    /// - Parameter passing: A name that is passed over: `@type`.
    func readFields(
        of message: inout DynamicMessage, _ tokens: inout JSONTokens, depth: Int, passing: String?
    ) throws(JSONMessageFault) {
        let descriptor = message.descriptor
        var (seen, oneofs): (Set<Int>, [Int: String]) = ([], [:])
        // An error by its type cannot leave a closure that changes what is inout: the message is handed on by hand.
        var result = message
        try tokens.object { tokens, name, start throws(JSONMessageFault) in
            if name == passing { return try tokens.skipValue(depth: DynamicMessage.maximumDepth) }
            guard let field = field(named: name, of: descriptor) else {
                if name == MessageValue.unknownName, !isGateway {
                    result.unknown += try unknownFields(&tokens)
                    return
                }
                guard allowsUnknown else { throw unknown(name, descriptor, tokens, at: start) }
                return try tokens.skipValue(depth: max(depth, 1))
            }
            tokens.path.append(".\(field.isExtension ? field.jsonName : field.name)")
            guard seen.insert(field.number).inserted else { throw tokens.fault("the field is given twice", at: start) }
            if let content = try self.content(field, &tokens, depth: depth) {
                if let oneof = field.oneof, !field.isExtension {
                    if let other = oneofs.updateValue(field.name, forKey: oneof) {
                        throw tokens.fault(
                            "\(other) is given too, and of the oneof \(descriptor.oneofs[oneof].name) one can be",
                            at: start)
                    }
                }
                result[field] = content
            }
            tokens.path.removeLast()
        }
        message = result
    }

    private func field(named name: String, of descriptor: MessageDescriptor) -> FieldDescriptor? {
        if let field = descriptor.field(named: name) { return isGateway && field.name != name ? nil : field }
        guard name.hasPrefix("["), name.hasSuffix("]") else { return nil }
        return schema.extension(String(name.dropFirst().dropLast()), of: descriptor)
    }

    /// Fields of the wire that are in no definition: not of protobuf's mapping, which loses them.
    private func unknownFields(_ tokens: inout JSONTokens) throws(JSONMessageFault) -> [UInt8] {
        let start = tokens.start()
        guard try tokens.kind() == .string, let bytes = UnknownFields.bytes(of: try tokens.string()) else {
            throw tokens.fault(UnknownFields.expectation, at: start)
        }
        return bytes
    }

    private func unknown(
        _ name: String, _ descriptor: MessageDescriptor, _ tokens: JSONTokens, at start: Int
    ) -> JSONMessageFault {
        let near = descriptor.nearestField(to: name).map { "; is '\($0)' meant?" }
        return tokens.fault("\(descriptor.fullName) has no field '\(name)'\(near ?? "")", at: start)
    }

    /// - Returns: `nil` where the field stays unset.
    func content(
        _ field: FieldDescriptor, _ tokens: inout JSONTokens, depth: Int
    ) throws(JSONMessageFault) -> DynamicMessage.Content? {
        if try tokens.kind() == .null, field.isRepeated || !takesNull(field) {
            try tokens.null()
            return nil
        }
        if field.isMap { return try map(field, &tokens, depth: depth) }
        guard field.isRepeated else {
            guard let value = try value(field, &tokens, depth: depth) else { return nil }
            return !field.hasPresence && value.isZero ? nil : .one(value)
        }
        guard try tokens.kind() == .list else { throw tokens.fault("a list is expected") }
        var values: [Value] = []
        try tokens.list { tokens, index throws(JSONMessageFault) in
            tokens.path.append("[\(index)]")
            if try tokens.kind() == .null, !takesNull(field) { throw tokens.fault("null is no element of a list") }
            if let value = try value(field, &tokens, depth: depth) { values.append(value) }
            tokens.path.removeLast()
        }
        return values.isEmpty ? nil : .list(values)
    }

    /// Whether null is a value, and does not leave the field unset.
    private func takesNull(_ field: FieldDescriptor) -> Bool {
        switch field.kind {
        case .message, .group: schema.messages[field.type].wellKnown == .value
        case .enum: schema.enums[field.type].fullName == "google.protobuf.NullValue"
        default: false
        }
    }

    private func map(
        _ field: FieldDescriptor, _ tokens: inout JSONTokens, depth: Int
    ) throws(JSONMessageFault) -> DynamicMessage.Content? {
        guard try tokens.kind() == .object else { throw tokens.fault("an object is expected for a map") }
        let entry = schema.messages[field.type]
        guard let keyField = entry.field(number: 1), let valueField = entry.field(number: 2) else {
            throw tokens.fault("the map has no key or no value")
        }
        var map: [DynamicMessage.MapKey: Value] = [:]
        try tokens.object { tokens, name, start throws(JSONMessageFault) in
            tokens.path.append("[\"\(name)\"]")
            let key = try key(name, of: keyField, tokens, at: start)
            if try tokens.kind() == .null, !takesNull(valueField) { throw tokens.fault("null is no value of a map") }
            // Without a value a closed enum's name is unknown, and was allowed to be.
            let value = try value(valueField, &tokens, depth: depth - 1)
            guard map[key] == nil else { throw tokens.fault("the key is given twice", at: start) }
            map[key] = value
            tokens.path.removeLast()
        }
        return map.isEmpty ? nil : .map(map)
    }

    private func key(
        _ text: String, of field: FieldDescriptor, _ tokens: JSONTokens, at start: Int
    ) throws(JSONMessageFault) -> DynamicMessage.MapKey {
        switch field.kind {
        case .string: return .string(text)
        case .bool:
            guard text == "true" || text == "false" else { throw tokens.fault("a key is true or false", at: start) }
            return .bool(text == "true")
        default:
            // A key may have a sign that a number of JSON cannot have.
            let digits = text.hasPrefix("+") && !text.hasPrefix("+-") ? String(text.dropFirst()) : text
            guard let number = DecimalNumber(digits) else { throw tokens.fault("'\(text)' is no number", at: start) }
            guard let key = DynamicMessage.MapKey(try integer(number, field.kind, tokens, at: start)) else {
                throw tokens.fault("'\(text)' is no key", at: start)
            }
            return key
        }
    }

    /// - Returns: `nil` for the name of an enum's value that is not known, where that is passed over.
    func value(_ field: FieldDescriptor, _ tokens: inout JSONTokens, depth: Int) throws(JSONMessageFault) -> Value? {
        let start = tokens.start()
        switch field.kind {
        case .message, .group:
            return .message(try read(schema.messages[field.type], &tokens, depth: depth - 1))
        case .enum: return try enumeration(schema.enums[field.type], &tokens)
        case .string:
            guard try tokens.kind() == .string else { throw tokens.fault("a text is expected") }
            return .string(try tokens.string())
        case .bytes:
            guard try tokens.kind() == .string else { throw tokens.fault("bytes as base64 are expected") }
            guard let bytes = Base64.bytes(of: try tokens.string()) else {
                throw tokens.fault("the text is no base64", at: start)
            }
            return .bytes(bytes)
        case .bool:
            guard try tokens.kind() == .bool else { throw tokens.fault("true or false is expected") }
            return .bool(try tokens.bool())
        case .double, .float: return try floatingPoint(field.kind, &tokens)
        default:
            guard let number = try number(&tokens) else {
                throw tokens.fault("a number is expected for \(field.kind.keyword)", at: start)
            }
            return try integer(number, field.kind, tokens, at: start)
        }
    }

    /// A number that is written as such, or in quotation marks; `nil` for what is none.
    private func number(_ tokens: inout JSONTokens) throws(JSONMessageFault) -> DecimalNumber? {
        switch try tokens.kind() {
        case .number: return try tokens.number()
        case .string: return DecimalNumber(try tokens.string())
        default: return nil
        }
    }

    private func integer(
        _ number: DecimalNumber, _ kind: FieldKind, _ tokens: JSONTokens, at start: Int
    ) throws(JSONMessageFault) -> Value {
        let outOfRange = tokens.fault("\(number.text.prefix(40)) is out of range for \(kind.keyword)", at: start)
        switch number.integer() {
        case .fraction: throw tokens.fault("\(number.text.prefix(40)) is not a whole number", at: start)
        case .outOfRange: throw outOfRange
        case .value(let (isNegative, magnitude)):
            switch kind {
            case .uint32, .fixed32, .uint64, .fixed64:
                let limit = kind == .uint32 || kind == .fixed32 ? UInt64(UInt32.max) : .max
                guard magnitude <= limit, !isNegative || magnitude == 0 else { throw outOfRange }
                return .uint(magnitude)
            default:
                let is32 = kind == .int32 || kind == .sint32 || kind == .sfixed32 || kind == .enum
                let limit = is32 ? UInt64(Int32.max) : UInt64(Int64.max)
                guard magnitude <= (isNegative ? limit + 1 : limit) else { throw outOfRange }
                return .int(isNegative ? 0 &- Int64(bitPattern: magnitude) : Int64(bitPattern: magnitude))
            }
        }
    }

    private func floatingPoint(_ kind: FieldKind, _ tokens: inout JSONTokens) throws(JSONMessageFault) -> Value {
        let start = tokens.start()
        var word = ""
        if try tokens.kind() == .string {
            let text = tokens
            word = try tokens.string()
            switch word {
            case "NaN": return kind == .float ? .float(.nan) : .double(.nan)
            case "Infinity": return kind == .float ? .float(.infinity) : .double(.infinity)
            case "-Infinity": return kind == .float ? .float(-.infinity) : .double(-.infinity)
            default: tokens = text
            }
        }
        guard let number = try number(&tokens) else {
            throw tokens.fault("a number is expected for \(kind.keyword)", at: start)
        }
        let value: Value? = kind == .float ? number.float.map(Value.float) : number.double.map(Value.double)
        guard let value else {
            throw tokens.fault("\(number.text.prefix(40)) is out of range for \(kind.keyword)", at: start)
        }
        return value
    }

    private func enumeration(_ definition: EnumDescriptor, _ tokens: inout JSONTokens) throws(JSONMessageFault)
        -> Value?
    {
        let start = tokens.start()
        switch try tokens.kind() {
        case .null where definition.fullName == "google.protobuf.NullValue":
            try tokens.null()
            return .enum(0)
        case .string where isGateway: throw tokens.fault("Input should be \(definition.numbers)", at: start)
        case .string:
            let name = try tokens.string()
            if let number = definition.number(of: name) { return .enum(number) }
            // Some write the number as a text.
            if let number = Int32(name), String(number) == name, definition.name(of: number) != nil {
                return .enum(number)
            }
            if allowsUnknown { return nil }
            let near = definition.nearestValue(to: name).map { "; is '\($0)' meant?" }
            throw tokens.fault("\(definition.fullName) has no value '\(name)'\(near ?? "")", at: start)
        case .number:
            let number = try tokens.number()
            guard case .int(let value) = try integer(number, .enum, tokens, at: start) else { return nil }
            guard !definition.isClosed || definition.name(of: Int32(truncatingIfNeeded: value)) != nil else {
                throw tokens.fault("\(definition.fullName) has no value \(value)", at: start)
            }
            return .enum(Int32(truncatingIfNeeded: value))
        default: throw tokens.fault("a name or a number of \(definition.fullName) is expected", at: start)
        }
    }
}

extension EnumDescriptor {
    /// Those that there are: `0, 1 or 2`.
    fileprivate var numbers: String {
        let numbers = Set(values.map(\.number)).sorted().map(String.init)
        guard let last = numbers.last, numbers.count > 1 else { return numbers.first ?? "" }
        return "\(numbers.dropLast().joined(separator: ", ")) or \(last)"
    }
}
