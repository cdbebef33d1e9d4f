import RPCCore

/// Requests in a text that was pasted: values of JSON one after another or in an array, or, where a request has texts only, one a
/// line.
enum PastedRequests {
    /// So many are taken at once; a file of records has any number.
    static let limit = 10_000

    /// - Returns: nothing where the text says nothing.
    /// - Throws: ``FieldProblem`` with what is wrong in which of them.
    static func read(_ text: String, _ input: any MessageCodec) throws(FieldProblem) -> [MessageValue] {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
        guard let first = lines.first else { return [] }
        let values: Result<[MessageValue]?, FieldProblem> = Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(FieldProblem) in
                first.hasPrefix("{") || isArray(bytes, input) ? try Self.values(in: bytes, input) : nil
            }
        }
        let requests: [MessageValue]
        if let values = try values.get() {
            requests = values
        } else {
            requests = try lines.map { line throws(FieldProblem) in try request(line, input) }
        }
        guard requests.count <= limit else {
            throw FieldProblem("\(requests.count) are more than \(limit); a file of records takes any number")
        }
        return requests
    }

    /// A line as the text that a request has first, with what its other fields are as a rule.
    private static func request(_ line: String, _ input: any MessageCodec) throws(FieldProblem) -> MessageValue {
        guard input.shape == nil, let first = input.fields.first else {
            throw FieldProblem("a \(input.name) is JSON, an object each: {\"…\": …}")
        }
        let others = input.fields.dropFirst().filter { !$0.usual.isEmpty }
        return MessageValue([.init(first.name, line)] + others.map { .init($0.name, $0.usual) })
    }

    private static func values(
        in bytes: UnsafeRawBufferPointer, _ input: any MessageCodec
    ) throws(FieldProblem) -> [MessageValue] {
        var requests: [MessageValue] = []
        for (index, value) in try parts(of: bytes, input).enumerated() {
            if let name = unknownName(in: value, input) {
                throw FieldProblem("value \(index + 1) has an unknown field '\(name)'")
            }
            guard let request = input.value(of: value, as: .json) else {
                throw FieldProblem("value \(index + 1) is no \(input.name)")
            }
            requests.append(request)
        }
        return requests
    }

    private static func parts(
        of bytes: UnsafeRawBufferPointer, _ input: any MessageCodec
    ) throws(FieldProblem) -> [UnsafeRawBufferPointer] {
        if isArray(bytes, input) { return JSONScanner.elements(of: bytes) }
        do throws(JSONValueFault) {
            return try JSONCheck.values(in: bytes)
        } catch {
            throw FieldProblem("value \(error.number) is no JSON: \(error.fault.problem)")
        }
    }

    /// Whether a text is an array of requests, which no request is itself.
    private static func isArray(_ bytes: UnsafeRawBufferPointer, _ input: any MessageCodec) -> Bool {
        var scanner = JSONScanner(bytes)
        return !["google.protobuf.ListValue", "google.protobuf.Value"].contains(input.name) && scanner.skip("[")
            && JSONCheck.fault(in: bytes) == nil
    }

    /// A member of an object that a message does not have: its decoder would pass it over.
    private static func unknownName(in value: UnsafeRawBufferPointer, _ input: any MessageCodec) -> String? {
        // Any names may be in a Struct, and in what an Any holds.
        guard !input.name.hasPrefix("google.protobuf.") else { return nil }
        let names = JSONScanner.names(inObject: value) ?? []
        return names.lazy.map { String($0.dropFirst().dropLast()) }.first { !$0.hasPrefix("@") && !input.hasField($0) }
    }
}
