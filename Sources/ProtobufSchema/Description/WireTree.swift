/// A message as it is in the wire format, field by field: where it stands, its number and name, how it is laid out, and its value.
struct WireTree {
    /// The most lines that are made.
    private static let limit = 2000

    private let schema: Schema
    private var lines: [String] = []

    static func text(of bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor, in schema: Schema) -> String {
        var tree = WireTree(schema: schema)
        var reader = WireReader(bytes)
        do throws(WireFault) {
            try tree.append(&reader, descriptor, depth: 0)
        } catch {
            tree.lines.append("! \(error)")
        }
        return tree.lines.joined(separator: "\n")
    }

    private init(schema: Schema) {
        self.schema = schema
    }

    /// - Parameter descriptor: `nil` where nothing says what the fields are.
    private mutating func append(
        _ reader: inout WireReader, _ descriptor: MessageDescriptor?, depth: Int, group: Int? = nil
    ) throws(WireFault) {
        guard depth <= DynamicMessage.maximumDepth else { throw WireFault(DynamicMessage.tooDeep, at: reader.index) }
        while !reader.isAtEnd {
            guard lines.count < Self.limit else {
                if lines.count == Self.limit { lines.append("…") }
                return
            }
            let start = reader.index
            let tag = try reader.tag()
            if tag.type == .endGroup, tag.number == group { return }
            let field = descriptor?.field(number: tag.number)
            let inner = field.flatMap { $0.kind.isMessage ? schema.messages[$0.type] : nil }
            let head = "\(String(repeating: "  ", count: depth))\(start)  \(tag.number) \(field?.name ?? "?")"
            switch tag.type {
            case .varint: lines.append("\(head)  varint \(try reader.varint())")
            case .fixed32: lines.append("\(head)  fixed32 \(try reader.fixed32())")
            case .fixed64: lines.append("\(head)  fixed64 \(try reader.fixed64())")
            case .length:
                let range = try reader.length()
                guard let inner else {
                    lines.append(
                        "\(head)  \(range.count) bytes \(Self.text(of: reader[range], isText: field?.kind == .string))")
                    continue
                }
                lines.append("\(head)  message of \(range.count) bytes")
                var within = reader.slice(range)
                try append(&within, inner, depth: depth + 1)
            case .startGroup:
                lines.append("\(head)  group")
                try append(&reader, inner, depth: depth + 1, group: tag.number)
            case .endGroup: throw WireFault("a group ends that has not begun", at: start)
            }
        }
    }

    /// Some of the bytes, as a text or one by one.
    static func text(of bytes: UnsafeRawBufferPointer, isText: Bool) -> String {
        let shown = UnsafeRawBufferPointer(rebasing: bytes.prefix(64))
        let more = bytes.count > shown.count ? "…" : ""
        if isText, let text = String(validating: shown, as: UTF8.self) { return "\"\(text)\(more)\"" }
        return shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ") + more
    }
}
