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
        var requests: [MessageValue] = []
        if first.hasPrefix("{") || isArray(text, input) {
            requests = try values(Array(text.utf8), input)
        } else {
            for line in lines { requests.append(try request(line, input)) }
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

    /// Whether a text is an array of requests, which no request is itself.
    private static func isArray(_ text: String, _ input: any MessageCodec) -> Bool {
        guard !["google.protobuf.ListValue", "google.protobuf.Value"].contains(input.name) else { return false }
        return Array(text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.skip("[") && JSONCheck.fault(in: bytes) == nil
        }
    }

    private static func values(_ text: [UInt8], _ input: any MessageCodec) throws(FieldProblem) -> [MessageValue] {
        let (values, problem) = text.withUnsafeBytes { bytes -> ([MessageValue], String?) in
            var (scanner, values): (JSONScanner, [MessageValue]) = (JSONScanner(bytes), [])
            let isArray = scanner.skip("[")
            while !scanner.isAtEnd {
                if isArray, scanner.skip("]") { break }
                let value = scanner.rawValue()
                if isArray { _ = scanner.skip(",") }
                let place = "value \(values.count + 1)"
                if let fault = JSONCheck.fault(in: value) { return ([], "\(place) is no JSON: \(fault.problem)") }
                if let name = unknownName(in: value, input) { return ([], "\(place) has an unknown field '\(name)'") }
                guard let request = input.value(of: value, as: .json) else {
                    return ([], "\(place) is no \(input.name)")
                }
                values.append(request)
            }
            return (values, nil)
        }
        if let problem { throw FieldProblem(problem) }
        return values
    }

    /// A member of an object that a message does not have: its decoder would pass it over.
    private static func unknownName(in value: UnsafeRawBufferPointer, _ input: any MessageCodec) -> String? {
        // Any names may be in a Struct, and in what an Any holds.
        guard !input.name.hasPrefix("google.protobuf.") else { return nil }
        let names = JSONScanner.names(inObject: value) ?? []
        return names.lazy.map { String($0.dropFirst().dropLast()) }.first { !$0.hasPrefix("@") && !input.hasField($0) }
    }
}
