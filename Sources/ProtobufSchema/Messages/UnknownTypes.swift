import RPCCore

/// Finds the types of messages in `Any` that a schema does not define, without making a message: what is asked of each reply of a
/// method that may have some.
private struct UnknownTypes {
    let schema: Schema
    private(set) var names: Set<String> = []

    init(in schema: Schema) {
        self.schema = schema
    }

    mutating func collect(
        _ descriptor: MessageDescriptor, _ reader: inout WireReader, depth: Int
    ) throws(WireFault) {
        guard depth >= 0, !descriptor.isMessageSet else { return }
        guard descriptor.wellKnown != .any else { return try collectAny(&reader, depth: depth) }
        while !reader.isAtEnd {
            let tag = try reader.tag()
            if tag.type == .endGroup { return }
            guard let field = descriptor.field(number: tag.number), field.kind.isMessage,
                tag.type == field.kind.wireType, schema.canHoldAny(schema.messages[field.type])
            else {
                try reader.skip(tag, depth: depth)
                continue
            }
            if tag.type == .startGroup {
                try collect(schema.messages[field.type], &reader, depth: depth - 1)
            } else {
                var within = reader.slice(try reader.length())
                try collect(schema.messages[field.type], &within, depth: depth - 1)
            }
        }
    }

    private mutating func collectAny(_ reader: inout WireReader, depth: Int) throws(WireFault) {
        var (url, value): (String?, Range<Int>?) = (nil, nil)
        while !reader.isAtEnd {
            let tag = try reader.tag()
            switch (tag.number, tag.type) {
            case (1, .length): url = String(validating: try reader.lengthBytes(), as: UTF8.self)
            case (2, .length): value = try reader.length()
            default: try reader.skip(tag, depth: depth)
            }
        }
        guard let name = url.flatMap(WellKnownText.typeName(inURL:)), name.isTypeName else { return }
        guard let descriptor = schema.message(name) else {
            names.insert(name)
            return
        }
        guard let value, schema.canHoldAny(descriptor) else { return }
        var within = reader.slice(value)
        try collect(descriptor, &within, depth: depth - 1)
    }
}

extension DynamicMessageCodec {
    /// Whether a message may have others in it of any type (`google.protobuf.Any`), in any depth.
    public var canHoldAny: Bool { schema.canHoldAny(descriptor) }

    /// The full names of the types in `Any` of a message that the schema does not define, in any depth; none where the bytes are no
    /// message.
    /// - Parameter bytes: In the binary format.
    public func unknownTypes(in bytes: UnsafeRawBufferPointer) -> Set<String> {
        guard canHoldAny else { return [] }
        var types = UnknownTypes(in: schema)
        var reader = WireReader(bytes)
        guard (try? types.collect(descriptor, &reader, depth: DynamicMessage.maximumDepth)) != nil else { return [] }
        return types.names
    }

    /// The same with what more files define; itself where all of them are known.
    public func extended(by files: [DescriptorFile]) -> DynamicMessageCodec {
        let extended = schema.extended(by: files)
        guard extended !== schema, let message = extended.message(name) else { return self }
        return DynamicMessageCodec(message, in: extended, style: style)
    }
}

extension Schema {
    /// The same with more files; itself where all of them are known by their names.
    public func extended(by files: [DescriptorFile]) -> Schema {
        var names = Set(self.files.map(\.name))
        let more = files.filter { names.insert($0.name).inserted }
        return more.isEmpty ? self : Schema(self.files + more)
    }
}

extension String {
    /// Whether it can be the full name of a type.
    fileprivate var isTypeName: Bool { utf8.count <= NamedTypes.lengthLimit && isDottedName }
}

/// The types that a text names for messages in `Any`, behind `@type`. It may be of any kind that writes them so, however they are
/// quoted there: JSON, JSON Lines, YAML, JSON in a record of CSV.
public enum NamedTypes {
    /// So many are found.
    public static let limit = 64
    /// Bytes of a name.
    static let lengthLimit = 512

    private static let key = Array("@type".utf8)

    /// The full names, each once, in their order.
    public static func names(in text: some RandomAccessCollection<UInt8>) -> [String] {
        var (names, seen): ([String], Set<String>) = ([], [])
        var rest = text[...]
        while names.count < limit, let start = rest.firstIndex(of: key[0]) {
            rest = rest[start...]
            guard rest.starts(with: key) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(key.count)
            // Nothing but quotation marks and a colon is between it and the name.
            let value = rest.drop { isQuotation($0) || $0 == UInt8(ascii: ":") }
            guard value.startIndex > rest.startIndex else { continue }
            rest = value
            let url = rest.prefix { !isQuotation($0) && !",{}[]".utf8.contains($0) }
            rest = rest[url.endIndex...]
            let name = WellKnownText.typeName(inURL: String(decoding: url, as: UTF8.self))
            if let name, name.isTypeName, seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    private static func isQuotation(_ byte: UInt8) -> Bool { byte <= 0x20 || "\"'\\".utf8.contains(byte) }
}
