import ProtobufSchema
import RPCCore

extension Fuzzer {
    /// Sets of descriptors, as servers and files give them.
    package static let descriptors = Fuzzer(
        "descriptors", reaching: ["refused", "schema", "problem", "service", "unusable method", "message"]
    ) { input in
        guard let files = try? DescriptorSet.files(in: input.remaining()) else { return ["refused"] }
        var landmarks: Set<String> = ["schema"]
        let schema = Schema(files)
        if !schema.problems.isEmpty { landmarks.insert("problem") }
        for service in schema.services {
            landmarks.insert("service")
            try hold(ProtoSource.text(of: service.fullName, in: schema) != nil, "\(service.fullName) is not described")
            for method in service.methods {
                guard method.problem == nil else {
                    landmarks.insert("unusable method")
                    continue
                }
                try hold(
                    schema.message(method.input)?.problem == nil && schema.message(method.output) != nil,
                    "\(method.fullName) can be called, but its messages cannot be used")
            }
        }
        for message in schema.messages.prefix(8) where message.problem == nil {
            landmarks.insert("message")
            _ = ProtoSource.text(of: message.fullName, in: schema)
            _ = try SchemaRules(schema).rewritten(MessageExample(schema: schema).message(message, depth: 3))
        }
        return landmarks
    }

    /// Messages in the wire format, by definitions that are right.
    package static let protobuf = Fuzzer("protobuf", reaching: ["refused", "message", "JSON", "no JSON", "unknown"]) {
        input in
        let rules = SchemaRules(SchemaRules.wellKnown)
        let descriptor = rules.descriptor(input.byte())
        let bytes = input.remaining()
        let codec = DynamicMessageCodec(descriptor, in: rules.schema)
        for view in MessageView.allCases { _ = Payload(codec, .protobuf, bytes[...]).text(in: view) }
        guard let message = try? bytes.withUnsafeBytes({ try DynamicMessage(descriptor, wire: $0, in: rules.schema) })
        else {
            return ["refused"]
        }
        var landmarks: Set<String> = message.unknown.isEmpty ? ["message"] : ["message", "unknown"]
        let again = try rules.rewritten(message)
        landmarks.insert(try rules.holdsAsJSON(again) ? "JSON" : "no JSON")
        let summary = codec.summary(of: codec.value(of: message))
        try hold(!summary.isEmpty, "nothing is said of a message")
        return landmarks
    }

    /// Messages in JSON, by the same definitions.
    package static let protobufJSON = Fuzzer("protobuf-json", reaching: ["refused", "message"]) { input in
        let rules = SchemaRules(SchemaRules.wellKnown)
        let descriptor = rules.descriptor(input.byte())
        let text = input.remaining()
        do {
            let message = try text.withUnsafeBytes { try DynamicMessage(descriptor, json: $0, in: rules.schema) }
            _ = try rules.rewritten(message)
            try hold(try rules.holdsAsJSON(message), "what was JSON has none")
            return ["message"]
        } catch let fault as JSONMessageFault {
            try hold((0...text.count).contains(fault.offset), "a fault at \(fault.offset) of \(text.count)")
            let (line, column) = fault.position(in: text)
            try hold(line > 0 && column > 0, "a fault in line \(line), column \(column)")
            return ["refused"]
        }
    }
}

/// What holds of messages, whatever they are.
private struct SchemaRules {
    static let wellKnown = Schema(WellKnownFiles.files)

    private static let names = [
        "google.protobuf.FileDescriptorProto", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.Any",
        "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask", "google.rpc.ErrorInfo",
        "google.protobuf.DoubleValue", "google.protobuf.Int64Value", "google.protobuf.BytesValue",
        "google.protobuf.UninterpretedOption", "google.api.HttpRule", "google.protobuf.MethodOptions",
    ]

    let schema: Schema

    init(_ schema: Schema) {
        self.schema = schema
    }

    func descriptor(_ choice: UInt8) -> MessageDescriptor {
        schema.message(Self.names[Int(choice) % Self.names.count]) ?? schema.messages[0]
    }

    /// The message as it is when it is written and read again: the same, written the same.
    func rewritten(_ message: DynamicMessage) throws -> DynamicMessage {
        var once: [UInt8] = []
        message.appendWire(to: &once, in: schema)
        guard let again = try? once.withUnsafeBytes({ try DynamicMessage(message.descriptor, wire: $0, in: schema) })
        else {
            // What is required is asked of who reads, not of an example.
            return message
        }
        var twice: [UInt8] = []
        again.appendWire(to: &twice, in: schema)
        try hold(once == twice, "a message is written otherwise when it was read again")
        return again
    }

    /// Whether the message has JSON, which is then the same when it is read and written again. In any case, something right is
    /// shown of it.
    func holdsAsJSON(_ message: DynamicMessage) throws -> Bool {
        var lenient = JSONStyle()
        lenient.isLenient = true
        var shown: [UInt8] = []
        try message.appendJSON(to: &shown, in: schema, lenient)
        let fault = shown.withUnsafeBytes { JSONCheck.fault(in: $0) }
        try hold(fault == nil, "what is shown of a message is no JSON: \(String(describing: fault))")
        var once: [UInt8] = []
        guard (try? message.appendJSON(to: &once, in: schema)) != nil else { return false }
        let again = try once.withUnsafeBytes { try DynamicMessage(message.descriptor, json: $0, in: schema) }
        var twice: [UInt8] = []
        try again.appendJSON(to: &twice, in: schema)
        try hold(once == twice, "JSON is written otherwise when it was read again")
        return true
    }
}
