import GRPCWire
import ProtobufSchema

/// Finds descriptors of `.proto` files by their names and by what is in them (google/protobuf/descriptor.proto).
struct DescriptorIndex: Sendable {
    /// The full names of the services, in order.
    private(set) var services: [String] = []
    /// Serialized descriptors by the names of their files.
    private var files: [String: [UInt8]] = [:]
    /// The files by the full names of the services, methods, messages and enumerations in them.
    private var symbols: [String: String] = [:]

    /// The bytes are no set of descriptors.
    struct Malformed: Error {}

    /// - Parameter set: A `FileDescriptorSet`.
    init(_ set: [UInt8]) throws(Malformed) {
        let isWhole = set.withUnsafeBytes { Self.each($0) { number, file in if number == 1 { add(file) } } }
        guard isWhole else { throw Malformed() }
        services.sort()
    }

    func file(named name: String) -> [UInt8]? { files[name] }

    func file(containing symbol: String) -> [UInt8]? { symbols[symbol].flatMap { files[$0] } }

    /// A `FileDescriptorProto`.
    private mutating func add(_ file: UnsafeRawBufferPointer) {
        let name = Self.text(1, of: file)
        let package = Self.text(2, of: file)
        let scope = package.isEmpty ? "" : package + "."
        files[name] = Array(file)
        _ = Self.each(file) { number, bytes in
            switch number {
            case 4: addMessage(bytes, in: scope, of: name)
            case 5: symbols[scope + Self.text(1, of: bytes)] = name
            case 6:
                let service = scope + Self.text(1, of: bytes)
                services.append(service)
                symbols[service] = name
                _ = Self.each(bytes) { if $0 == 2 { symbols["\(service).\(Self.text(1, of: $1))"] = name } }
            default: break
            }
        }
    }

    /// A `DescriptorProto`, and what is within it.
    private mutating func addMessage(_ message: UnsafeRawBufferPointer, in scope: String, of file: String) {
        let name = scope + Self.text(1, of: message)
        symbols[name] = file
        _ = Self.each(message) { number, bytes in
            switch number {
            case 3: addMessage(bytes, in: name + ".", of: file)
            case 4: symbols["\(name).\(Self.text(1, of: bytes))"] = file
            default: break
            }
        }
    }

    /// Goes through the fields that have bytes.
    /// - Returns: whether all could be read.
    private static func each(
        _ message: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var fields = ProtobufFields(message)
        while let field = fields.next() {
            if let bytes = field.bytes { body(field.number, bytes) }
        }
        return !fields.isMalformed
    }

    private static func text(_ number: Int, of message: UnsafeRawBufferPointer) -> String {
        var text = ""
        _ = each(message) { if $0 == number { text = String(decoding: $1, as: UTF8.self) } }
        return text
    }
}
