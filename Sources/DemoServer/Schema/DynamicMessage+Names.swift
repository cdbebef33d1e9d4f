import ProtobufSchema

/// Fields by their names.
extension DynamicMessage {
    /// - Parameter fields: What holds nothing is left out, but where a field tells that from not being set.
    init(_ name: String, _ fields: KeyValuePairs<String, Content>) {
        self.init(DemoSchema.message(name))
        for (name, content) in fields {
            guard let field = descriptor.field(named: name) else {
                preconditionFailure("\(descriptor.fullName) has no field \(name)")
            }
            if field.hasPresence || !content.isEmpty { self[field] = content }
        }
    }

    /// The value of a field that is not repeated; `nil` where it is not set.
    func value(_ name: String) -> Value? {
        guard let field = descriptor.field(named: name), case .one(let value)? = self[field] else { return nil }
        return value
    }

    func text(_ name: String) -> String {
        guard case .string(let text)? = value(name) else { return "" }
        return text
    }

    func double(_ name: String) -> Double {
        guard case .double(let number)? = value(name) else { return 0 }
        return number
    }

    func integer(_ name: String) -> Int64 {
        switch value(name) {
        case .int(let number): number
        case .uint(let number): Int64(clamping: number)
        case .enum(let number): Int64(number)
        default: 0
        }
    }

    func bytes(_ name: String) -> [UInt8] {
        guard case .bytes(let bytes)? = value(name) else { return [] }
        return bytes
    }

    func isTrue(_ name: String) -> Bool { value(name) == .bool(true) }

    func message(_ name: String) -> DynamicMessage? {
        guard case .message(let message)? = value(name) else { return nil }
        return message
    }

    func texts(_ name: String) -> [String] {
        guard let field = descriptor.field(named: name), case .list(let values)? = self[field] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}

extension DynamicMessage.Content {
    static func text(_ text: String) -> Self { .one(.string(text)) }
    static func texts(_ texts: [String]) -> Self { .list(texts.map { .string($0) }) }
    static func count(_ number: Int) -> Self { .one(.uint(UInt64(clamping: number))) }
    static func message(_ name: String, _ fields: KeyValuePairs<String, Self>) -> Self {
        .one(.message(DynamicMessage(name, fields)))
    }

    /// A `google.protobuf.Timestamp`, so long after the year 2026 has begun in UTC.
    static func time(_ time: Duration) -> Self { moment(1_767_225_600, time, "google.protobuf.Timestamp") }

    static func duration(_ time: Duration) -> Self { moment(0, time, "google.protobuf.Duration") }

    private static func moment(_ start: Int64, _ time: Duration, _ name: String) -> Self {
        let (seconds, attoseconds) = time.components
        return message(
            name, ["seconds": .one(.int(start + seconds)), "nanos": .one(.int(attoseconds / 1_000_000_000))])
    }

    fileprivate var isEmpty: Bool {
        switch self {
        case .list(let values): values.isEmpty
        case .map(let values): values.isEmpty
        case .one(.bool(let value)): !value
        case .one(.int(let value)): value == 0
        case .one(.uint(let value)): value == 0
        case .one(.float(let value)): value == 0
        case .one(.double(let value)): value == 0
        case .one(.string(let value)): value.isEmpty
        case .one(.bytes(let value)): value.isEmpty
        case .one(.enum(let value)): value == 0
        case .one(.message): false
        }
    }
}
