import SwiftProtobuf

/// Finds descriptors of `.proto` files by their names and by what is in them.
struct DescriptorIndex: Sendable {
    /// The full names of the services, in order.
    let services: [String]
    /// Serialized descriptors by the names of their files.
    private let files: [String: [UInt8]]
    /// The files by the full names of the services, methods, messages and enumerations in them.
    private let symbols: [String: String]

    init(_ descriptors: [Google_Protobuf_FileDescriptorProto]) throws {
        var files: [String: [UInt8]] = [:]
        var symbols: [String: String] = [:]
        var services: [String] = []
        for descriptor in descriptors {
            files[descriptor.name] = try descriptor.serializedBytes()
            let package = descriptor.package.isEmpty ? "" : descriptor.package + "."
            for service in descriptor.service {
                let name = package + service.name
                services.append(name)
                symbols[name] = descriptor.name
                for method in service.method { symbols["\(name).\(method.name)"] = descriptor.name }
            }
            for name in Self.names(of: descriptor.messageType, in: package) { symbols[name] = descriptor.name }
            for type in descriptor.enumType { symbols[package + type.name] = descriptor.name }
        }
        self.files = files
        self.symbols = symbols
        self.services = services.sorted()
    }

    func file(named name: String) -> [UInt8]? { files[name] }

    func file(containing symbol: String) -> [UInt8]? { symbols[symbol].flatMap { files[$0] } }

    private static func names(of messages: [Google_Protobuf_DescriptorProto], in scope: String) -> [String] {
        messages.flatMap { message in
            let name = scope + message.name
            return [name] + message.enumType.map { "\(name).\($0.name)" }
                + names(of: message.nestedType, in: name + ".")
        }
    }
}
