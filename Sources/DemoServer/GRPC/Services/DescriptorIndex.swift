import ProtobufSchema

/// Finds descriptors of `.proto` files by their names and by what is in them.
struct DescriptorIndex: Sendable {
    /// The full names of the services, in order.
    let services: [String]
    private let schema: Schema
    /// Serialized descriptors by the names of their files.
    private let files: [String: [UInt8]]
    /// The files by the full names of the services, methods, messages, fields and enumerations in them.
    private let symbols: [String: String]
    /// The files that extend messages, by the full names of these and the numbers of their new fields.
    private let extensions: [String: [Int: String]]

    init(_ schema: Schema) {
        self.schema = schema
        services = schema.services.map(\.fullName).sorted()
        files = Dictionary(schema.files.map { ($0.name, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        symbols = Self.symbols(of: schema)
        extensions = schema.files.reduce(into: [:]) { extensions, file in
            for (type, number) in Self.extensions(in: file) { extensions[type, default: [:]][number] = file.name }
        }
    }

    func file(named name: String) -> [UInt8]? { files[name] }

    func file(containing symbol: String) -> [UInt8]? { symbols[symbol].flatMap { files[$0] } }

    func file(extending type: String, _ number: Int) -> [UInt8]? {
        extensions[type]?[number].flatMap { files[$0] }
    }

    func isMessage(_ name: String) -> Bool { schema.message(name) != nil }

    func extensionNumbers(of type: String) -> [Int] { extensions[type].map { $0.keys.sorted() } ?? [] }

    private static func symbols(of schema: Schema) -> [String: String] {
        var symbols: [String: String] = [:]
        for message in schema.messages {
            symbols[message.fullName] = message.file
            for field in message.fields where !field.isExtension {
                symbols["\(message.fullName).\(field.name)"] = message.file
            }
        }
        for enumeration in schema.enums { symbols[enumeration.fullName] = enumeration.file }
        for service in schema.services {
            symbols[service.fullName] = service.file
            for method in service.methods { symbols["\(service.fullName).\(method.name)"] = service.file }
        }
        return symbols
    }

    /// `FileDescriptorProto.extension` (google/protobuf/descriptor.proto): what is extended, and the number of the new field.
    private static func extensions(in file: DescriptorFile) -> [(type: String, number: Int)] {
        file.bytes.withUnsafeBytes { bytes in
            var (fields, found) = (ProtobufFields(bytes), [(type: String, number: Int)]())
            while let field = fields.next() {
                guard field.number == 7, let bytes = field.bytes else { continue }
                var (parts, type, number) = (ProtobufFields(bytes), "", 0)
                while let part = parts.next() {
                    if part.number == 2 { type = part.text ?? "" }
                    if part.number == 3 { number = Int(clamping: part.value) }
                }
                found.append((type.first == "." ? String(type.dropFirst()) : type, number))
            }
            return found
        }
    }
}
