public import ProtobufSchema

/// What differs between the descriptors of one time and those of another: by the full names of messages, enums and services that
/// stand in no other. Comments are no difference.
public struct SchemaChanges: Hashable, Sendable {
    public private(set) var added: [String] = []
    public private(set) var removed: [String] = []
    public private(set) var changed: [String] = []

    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

    /// - Parameter old: What was known before.
    public init(from old: [DescriptorFile], to new: [DescriptorFile]) {
        let (old, new) = (Self.symbols(of: old), Self.symbols(of: new))
        for (name, bytes) in new {
            guard let before = old[name] else {
                added.append(name)
                continue
            }
            if before != bytes { changed.append(name) }
        }
        removed = old.keys.filter { new[$0] == nil }.sorted()
        added.sort()
        changed.sort()
    }

    /// By name, the bytes of what the files declare: the fields 4, 5 and 6 of a `FileDescriptorProto`.
    private static func symbols(of files: [DescriptorFile]) -> [String: [UInt8]] {
        var symbols: [String: [UInt8]] = [:]
        for file in files {
            file.bytes.withUnsafeBytes { bytes in
                var (fields, package) = (ProtobufFields(bytes), "")
                while let field = fields.next() {
                    if field.number == 2 { package = field.text ?? "" }
                }
                fields = ProtobufFields(bytes)
                while let field = fields.next() {
                    guard (4...6).contains(field.number), let bytes = field.bytes else { continue }
                    let name = Self.name(bytes)
                    symbols[package.isEmpty ? name : "\(package).\(name)"] = Array(bytes)
                }
            }
        }
        return symbols
    }

    /// The field 1 of a message, an enum or a service.
    private static func name(_ bytes: UnsafeRawBufferPointer) -> String {
        var fields = ProtobufFields(bytes)
        while let field = fields.next() { if field.number == 1, let text = field.text { return text } }
        return ""
    }
}

extension SchemaChanges: CustomStringConvertible {
    /// `changed: demo.v1.Book; new: demo.v1.Author, demo.v1.Library; gone: demo.v1.Shelf`. Of many names the first few. Not
    /// yet made safe for a terminal.
    public var description: String {
        [("changed", changed), ("new", added), ("gone", removed)].filter { !$0.1.isEmpty }.map { label, names in
            let rest = names.count > 4 ? " and \(names.count - 4) more" : ""
            return "\(label): " + names.prefix(4).joined(separator: ", ") + rest
        }.joined(separator: "; ")
    }
}
