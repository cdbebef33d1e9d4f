public import RPCCore

/// Messages from bytes, and as bytes.
extension DynamicMessage {
    /// - Throws: ``WireFault`` where the bytes are no such message, or a field is missing that is required.
    public init(_ descriptor: MessageDescriptor, wire bytes: UnsafeRawBufferPointer, in schema: Schema)
        throws(WireFault)
    {
        self = try WireDecoder(schema: schema).message(descriptor, bytes)
    }

    /// - Parameter allowsUnknown: Whether names that are not in the definition are passed over.
    public init(
        _ descriptor: MessageDescriptor, json text: UnsafeRawBufferPointer, in schema: Schema,
        allowsUnknown: Bool = false
    ) throws(JSONMessageFault) {
        self = try JSONMessageReader(schema: schema, allowsUnknown: allowsUnknown).message(descriptor, text)
    }

    /// Reads as the gateway does: fields by their original names alone, enums by their numbers; other names are passed over.
    package init(
        _ descriptor: MessageDescriptor, gatewayJSON text: UnsafeRawBufferPointer, in schema: Schema
    ) throws(JSONMessageFault) {
        let reader = JSONMessageReader(schema: schema, allowsUnknown: true, isGateway: true)
        self = try reader.message(descriptor, text)
    }

    public func appendWire(to bytes: inout [UInt8], in schema: Schema) {
        WireEncoder(schema: schema).append(self, to: &bytes)
    }

    /// - Throws: ``JSONMessageFault`` where something in it has no JSON, unless the style is lenient.
    public func appendJSON(to text: inout [UInt8], in schema: Schema, _ style: JSONStyle = JSONStyle())
        throws(JSONMessageFault)
    {
        try JSONMessagePrinter(schema: schema, style: style).append(self, to: &text)
    }

    /// The text format of protocol buffers (https://protobuf.dev/reference/protobuf/textformat-spec), a field a line.
    /// - Parameter writesUnknown: Whether what is not in the definition is written, too, under its numbers: nothing reads that again.
    public func appendText(to text: inout [UInt8], in schema: Schema, writesUnknown: Bool = true) {
        TextMessagePrinter(schema: schema, writesUnknown: writesUnknown).append(self, to: &text)
    }
}

extension DynamicMessage {
    /// Messages in JSON that follow one another: on lines of their own (https://jsonlines.org), or as they come.
    public static func sequence(
        _ descriptor: MessageDescriptor, json text: [UInt8], in schema: Schema, allowsUnknown: Bool = false
    ) throws(JSONMessageFault) -> [DynamicMessage] {
        try text.read { text throws(JSONMessageFault) in
            let reader = JSONMessageReader(schema: schema, allowsUnknown: allowsUnknown)
            var (tokens, messages): (JSONTokens, [DynamicMessage]) = (JSONTokens(text), [])
            while !tokens.isAtEnd() {
                let start = tokens.start()
                messages.append(try reader.wholeMessage(descriptor, &tokens, from: start))
            }
            return messages
        }
    }
}
