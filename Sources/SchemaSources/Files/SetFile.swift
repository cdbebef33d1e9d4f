import GRPCWire
public import ProtobufSchema
import RPCCore

/// Descriptors in a file (`FileDescriptorSet` of google/protobuf/descriptor.proto), as protoc and buf write them: `.protoset`,
/// `.binpb`, `.pb` or `.desc`, alone or in gzip.
public enum SetFile {
    /// The longest file that is read, and the longest set that may be in gzip, in bytes: 64 MiB.
    public static let limit = 64 << 20

    /// Reads one set, or several that belong together. Files may stand in any order.
    /// - Parameter beside: Files that were given in another way, and may be imported.
    /// - Returns: all services and files in it; its notes name the imports that are missing, for which the program has no
    ///   files itself.
    /// - Throws: ``SchemaError`` that names the file and what is wrong with it: it cannot be read, is no set, or has two files of
    ///   one name that differ.
    public static func read(_ paths: [String], beside: [DescriptorFile] = []) throws(SchemaError) -> SourcedSchema {
        var collection = FileCollection(beside: beside)
        var names: [String] = []
        for path in paths {
            for file in try files(of: path) {
                if collection.add(file) { names.append(file.name) }
                guard collection.changing.isEmpty else {
                    throw SchemaError("\(path): there are two files \(file.name) with different contents")
                }
            }
        }
        let (files, missing) = collection.closure(of: names)
        let given = Set(names)
        return SourcedSchema(
            services: files.filter { given.contains($0.name) }.flatMap(\.services).map { .init($0) }, files: files,
            notes: SourcedSchema.bounded(
                missing.prefix(SourcedSchema.noteLimit).map {
                    $0.note("which is not in the set", try: "protoc --include_imports")
                }, of: missing.count))
    }

    private static func files(of path: String) throws(SchemaError) -> [DescriptorFile] {
        do {
            var bytes = try FileReading.contents(of: path, limit: limit)
            if bytes.starts(with: [0x1F, 0x8B]) {
                let result = bytes.withUnsafeBytes { bytes in
                    Result { () throws(CallError) in try MessageCompression.inflate(bytes, limit: limit) }
                }
                bytes = try result.get()
            }
            return try DescriptorSet.files(in: bytes)
        } catch let error as FileReadingError {
            throw SchemaError("\(error)")
        } catch let error as SchemaError {
            throw SchemaError("\(path): \(error.message)")
        } catch let error as CallError {
            throw SchemaError(
                "\(path): " + (error.isOwnLimit ? "has more than \(limit) bytes in its gzip" : "is no whole gzip"))
        } catch {
            throw SchemaError("\(path): \(error)")
        }
    }
}
