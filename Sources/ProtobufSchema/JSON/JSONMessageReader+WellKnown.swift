import RPCCore

/// The messages that are written as something else than an object of their fields.
extension JSONMessageReader {
    func read(
        _ type: WellKnownType, _ descriptor: MessageDescriptor, _ tokens: inout JSONTokens, depth: Int
    ) throws(JSONMessageFault) -> DynamicMessage {
        var message = DynamicMessage(descriptor)
        let start = tokens.start()
        switch type {
        case .wrapper:
            guard let field = descriptor.fields.first else { return message }
            if let value = try value(field, &tokens, depth: depth), field.hasPresence || !value.isZero {
                message[field] = .one(value)
            }
        case .timestamp, .duration:
            let text = try text(&tokens, of: descriptor)
            guard let time = type == .timestamp ? WellKnownText.timestamp(text) : WellKnownText.duration(text) else {
                throw tokens.fault(
                    type == .timestamp
                        ? "'\(text.prefix(60))' is no time from 0001 to 9999 as in 2026-11-28T09:30:00Z"
                        : "'\(text.prefix(60))' is no duration as in 1.5s", at: start)
            }
            if time.seconds != 0 { message.set(1, .int(time.seconds)) }
            if time.nanos != 0 { message.set(2, .int(Int64(time.nanos))) }
        case .fieldMask:
            guard let paths = WellKnownText.paths(try text(&tokens, of: descriptor)) else {
                throw tokens.fault("the paths of a field mask are written as in 'book.title,shelfName'", at: start)
            }
            if let field = descriptor.field(number: 1), !paths.isEmpty {
                message[field] = .list(paths.map { .string($0) })
            }
        case .struct:
            guard try tokens.kind() == .object else { throw tokens.fault("an object is expected") }
            try readMembers(of: &message, &tokens, depth: depth)
        case .listValue:
            guard try tokens.kind() == .list else { throw tokens.fault("a list is expected") }
            try readElements(of: &message, &tokens, depth: depth)
        case .value: try readValue(into: &message, &tokens, depth: depth)
        case .any: try readAny(into: &message, &tokens, depth: depth)
        }
        return message
    }

    private func text(_ tokens: inout JSONTokens, of descriptor: MessageDescriptor) throws(JSONMessageFault) -> String {
        guard try tokens.kind() == .string else { throw tokens.fault("a text is expected for \(descriptor.fullName)") }
        return try tokens.string()
    }

    // MARK: Struct, ListValue and Value

    private func readMembers(of message: inout DynamicMessage, _ tokens: inout JSONTokens, depth: Int)
        throws(JSONMessageFault)
    {
        guard let field = message.descriptor.field(number: 1), field.isMap,
            let value = schema.messages[field.type].field(number: 2), value.kind == .message
        else { throw tokens.fault("\(message.descriptor.fullName) is not defined as it should be") }
        var map: [DynamicMessage.MapKey: Value] = [:]
        try tokens.object { tokens, name, start throws(JSONMessageFault) in
            tokens.path.append(".\(name)")
            let value = try read(schema.messages[value.type], &tokens, depth: depth - 2)
            guard map.updateValue(.message(value), forKey: .string(name)) == nil else {
                throw tokens.fault("the name is given twice", at: start)
            }
            tokens.path.removeLast()
        }
        message[field] = map.isEmpty ? nil : .map(map)
    }

    private func readElements(of message: inout DynamicMessage, _ tokens: inout JSONTokens, depth: Int)
        throws(JSONMessageFault)
    {
        guard let field = message.descriptor.field(number: 1), field.isRepeated, field.kind == .message else {
            throw tokens.fault("\(message.descriptor.fullName) is not defined as it should be")
        }
        var values: [Value] = []
        try tokens.list { tokens, index throws(JSONMessageFault) in
            tokens.path.append("[\(index)]")
            values.append(.message(try read(schema.messages[field.type], &tokens, depth: depth - 1)))
            tokens.path.removeLast()
        }
        message[field] = values.isEmpty ? nil : .list(values)
    }

    private func readValue(into message: inout DynamicMessage, _ tokens: inout JSONTokens, depth: Int)
        throws(JSONMessageFault)
    {
        let start = tokens.start()
        switch try tokens.kind() {
        case .null:
            try tokens.null()
            message.set(1, .enum(0))
        case .number:
            guard let number = try tokens.number().double else {
                throw tokens.fault("the number is out of range for double", at: start)
            }
            message.set(2, .double(number))
        case .string: message.set(3, .string(try tokens.string()))
        case .bool: message.set(4, .bool(try tokens.bool()))
        case .object, .list:
            let number = try tokens.kind() == .object ? 5 : 6
            guard let field = message.descriptor.field(number: number), field.kind == .message else { return }
            message[field] = .one(.message(try read(schema.messages[field.type], &tokens, depth: depth - 1)))
        }
    }

    // MARK: Any

    /// Reads a message of any type, which is named somewhere in the object.
    private func readAny(into message: inout DynamicMessage, _ tokens: inout JSONTokens, depth: Int)
        throws(JSONMessageFault)
    {
        let start = tokens.start()
        guard try tokens.kind() == .object else { throw tokens.fault("an object with @type is expected") }
        var (ahead, url, count): (JSONTokens, String?, Int) = (tokens, nil, 0)
        try ahead.object { ahead, name, place throws(JSONMessageFault) in
            count += 1
            guard name == "@type" else { return try ahead.skipValue(depth: DynamicMessage.maximumDepth * 2) }
            guard url == nil else { throw ahead.fault("@type is given twice", at: place) }
            guard try ahead.kind() == .string else { throw ahead.fault("@type is the URL of a type, as text") }
            url = try ahead.string()
        }
        guard let url else {
            guard count == 0 else {
                throw tokens.fault("@type is missing, which names the type of the message", at: start)
            }
            tokens = ahead
            return
        }
        guard let name = WellKnownText.typeName(inURL: url) else {
            throw tokens.fault(
                "'\(url.prefix(80))' is no URL of a type as in type.googleapis.com/demo.v1.Book", at: start)
        }
        guard let descriptor = schema.message(name) else {
            throw tokens.fault(
                "the type \(name) is not in the schema: name its file with --proto or --protoset", at: start)
        }
        let inner = try anyContent(descriptor, &tokens, depth: depth - 1)
        var bytes: [UInt8] = []
        WireEncoder(schema: schema).append(inner, to: &bytes)
        message.set(1, .string(url))
        if !bytes.isEmpty { message.set(2, .bytes(bytes)) }
    }

    private func anyContent(
        _ descriptor: MessageDescriptor, _ tokens: inout JSONTokens, depth: Int
    ) throws(JSONMessageFault) -> DynamicMessage {
        var inner = DynamicMessage(descriptor)
        // What has JSON of its own stands under "value"; so does Any in Any.
        guard descriptor.wellKnown != nil else {
            guard depth >= 0 else { throw tokens.fault(DynamicMessage.tooDeep) }
            try readFields(of: &inner, &tokens, depth: depth, passing: "@type")
            return inner
        }
        var read: DynamicMessage?
        let start = tokens.start()
        try tokens.object { tokens, name, place throws(JSONMessageFault) in
            switch name {
            case "@type": _ = try tokens.string()
            case "value":
                guard read == nil else { throw tokens.fault("value is given twice", at: place) }
                read = try self.read(descriptor, &tokens, depth: depth)
            default:
                guard allowsUnknown else {
                    throw tokens.fault(
                        "\(descriptor.fullName) stands under 'value' here, and '\(name)' is nothing", at: place)
                }
                try tokens.skipValue(depth: DynamicMessage.maximumDepth)
            }
        }
        guard let read else {
            guard descriptor.wellKnown == .any || allowsUnknown else {
                throw tokens.fault("'value' is missing, with the content of \(descriptor.fullName)", at: start)
            }
            return inner
        }
        return read
    }
}
