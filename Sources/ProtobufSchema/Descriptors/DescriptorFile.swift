/// Why descriptors cannot be used.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without a full stop. Not yet made safe for a terminal.
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}

/// The descriptors of one `.proto` file as bytes (`FileDescriptorProto` of google/protobuf/descriptor.proto), of which only names
/// are read: enough to find all the files that belong together.
public struct DescriptorFile: Hashable, Sendable {
    /// `demo/v1/library.proto`.
    public let name: String
    /// What it imports, as it is written there.
    public let dependencies: [String]
    /// The full names of the services that it declares: `demo.v1.Library`.
    public let services: [String]
    /// The `FileDescriptorProto`.
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) throws(SchemaError) {
        var (name, package, dependencies, services) = ("", "", [String](), [String]())
        do throws(WireFault) {
            try bytes.readFields { field throws(WireFault) in
                switch field.number {
                case 1: name = field.text
                case 2: package = field.text
                case 3: dependencies.append(field.text)
                case 6:
                    var service = ""
                    try field.readFields { if $0.number == 1 { service = $0.text } }
                    services.append(service)
                default: break
                }
            }
        } catch {
            throw SchemaError("a file of descriptors cannot be read: \(error)")
        }
        guard !name.isEmpty else { throw SchemaError("a file of descriptors has no name") }
        self.name = name
        self.dependencies = dependencies
        self.services = services.map { package.isEmpty ? $0 : "\(package).\($0)" }
        self.bytes = bytes
    }
}

/// Several files in one: a `FileDescriptorSet`.
public enum DescriptorSet {
    /// - Throws: ``SchemaError`` where the bytes are no set, or hold no file.
    public static func files(in bytes: [UInt8]) throws(SchemaError) -> [DescriptorFile] {
        var files: [[UInt8]] = []
        do throws(WireFault) {
            try bytes.readFields { field throws(WireFault) in
                guard field.number == 1 else { return }
                guard let bytes = field.bytes else { throw WireFault("there is no file of descriptors", at: 0) }
                files.append([UInt8](bytes))
            }
        } catch {
            throw SchemaError("this is no set of descriptors: \(error)")
        }
        guard !files.isEmpty else { throw SchemaError("the set has no file of descriptors") }
        return try files.map { bytes throws(SchemaError) in try DescriptorFile(bytes) }
    }

    public static func bytes(of files: [DescriptorFile]) -> [UInt8] {
        files.reduce(into: []) { $0.append(1, bytes: $1.bytes) }
    }
}
