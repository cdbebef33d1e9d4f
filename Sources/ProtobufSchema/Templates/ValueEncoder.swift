import RPCCore

/// Reads JSON of fields, and writes what it says as messages have it.
struct ValueEncoder {
    let schema: Schema
    let style: JSONStyle
    let encoding: Payload.Encoding

    /// All of a field, as it is written; nothing where it is not set.
    func content(_ json: [UInt8], of field: FieldDescriptor, path: String) throws(MessageProblem) -> [UInt8] {
        try read(json, path: path) { tokens throws(JSONMessageFault) in
            let reader = JSONMessageReader(schema: schema)
            guard let content = try reader.content(field, &tokens, depth: DynamicMessage.maximumDepth) else {
                return []
            }
            try check(content, tokens)
            var bytes: [UInt8] = []
            switch encoding {
            case .protobuf:
                WireEncoder(schema: schema).append(
                    DynamicMessage.Field(descriptor: field, content: content), to: &bytes)
            case .json: try JSONMessagePrinter(schema: schema, style: style).append(content, of: field, to: &bytes)
            }
            return bytes
        }
    }

    /// One value of a field, as it is written.
    func single(
        _ json: [UInt8], of field: FieldDescriptor, isTagged: Bool, path: String
    ) throws(MessageProblem) -> [UInt8] {
        try read(json, path: path) { tokens throws(JSONMessageFault) in
            let reader = JSONMessageReader(schema: schema)
            guard let value = try reader.value(field, &tokens, depth: DynamicMessage.maximumDepth) else { return [] }
            try check(.one(value), tokens)
            var bytes: [UInt8] = []
            switch encoding {
            case .protobuf where isTagged: WireEncoder(schema: schema).append(value, of: field, to: &bytes)
            case .protobuf: WireEncoder(schema: schema).append(value, as: field.kind, to: &bytes)
            case .json: try JSONMessagePrinter(schema: schema, style: style).append(value, of: field, to: &bytes)
            }
            return bytes
        }
    }

    private func check(_ content: DynamicMessage.Content, _ tokens: JSONTokens) throws(JSONMessageFault) {
        guard schema.hasRequiredFields, let path = content.missingField() else { return }
        throw JSONMessageFault(reason: "a value is required", offset: tokens.index, path: "." + path)
    }

    private func read(
        _ json: [UInt8], path: String, _ body: (inout JSONTokens) throws(JSONMessageFault) -> [UInt8]
    ) throws(MessageProblem) -> [UInt8] {
        do throws(JSONMessageFault) {
            return try json.withJSON { json throws(JSONMessageFault) in
                var tokens = JSONTokens(json)
                let bytes = try body(&tokens)
                try tokens.expectEnd()
                return bytes
            }
        } catch {
            let inner =
                error.path.isEmpty || error.path.hasPrefix("[") ? error.path : ".\(error.path.drop { $0 == "." })"
            throw MessageProblem(path: path + inner, reason: error.reason)
        }
    }
}
