import Foundation
import GRPCWire
import ProtobufSchema
import TestSupport
import Testing

@testable import SchemaSources

@Suite("Descriptors in files")
struct SetFileTests {
    private let one = ProtoFile(name: "a.proto", imports: ["b.proto"], services: ["Library"])
    private let two = ProtoFile(name: "b.proto", message: "Book", fields: ["title"])

    @Test("a set is read in any order, alone and in gzip", arguments: [false, true])
    func reads(isZipped: Bool) throws {
        let folder = try TemporaryFolder([:])
        let path = try write(folder, "all.protoset", one, two, one, isZipped: isZipped)
        let schema = try SetFile.read([path])
        #expect(schema.files.map(\.name) == ["b.proto", "a.proto"])
        #expect(schema.services == [.init("demo.v1.Library")])
        #expect(schema.notes.isEmpty)
    }

    @Test("several sets complete each other")
    func several() throws {
        let folder = try TemporaryFolder([:])
        let paths = [try write(folder, "1.pb", one), try write(folder, "2.desc", two)]
        #expect(try SetFile.read(paths).notes.isEmpty)
        #expect(try SetFile.read([paths[0]], beside: [DescriptorFile(two.bytes)]).files.count == 2)
    }

    @Test("imports that are missing are named, but for those that the program has itself")
    func missing() throws {
        let folder = try TemporaryFolder([:])
        var file = one
        file.imports = ["google/protobuf/any.proto", "lost.proto"]
        let schema = try SetFile.read([write(folder, "a.binpb", file)])
        #expect(schema.files.map(\.name) == ["google/protobuf/any.proto", "a.proto"])
        #expect(
            schema.notes == [
                "a.proto imports lost.proto, which is not in the set; try: protoc --include_imports, or --proto lost.proto -I DIR"
            ])
    }

    @Test("two files of a name that differ are refused")
    func duplicates() throws {
        let folder = try TemporaryFolder([:])
        var other = two
        other.fields = ["pages"]
        let path = try write(folder, "a.protoset", one, two, other)
        #expect(throws: SchemaError("\(path): there are two files b.proto with different contents")) {
            try SetFile.read([path])
        }
    }

    @Test("what is no set is refused in words")
    func refuses() throws {
        let folder = try TemporaryFolder(["text.protoset": "syntax = \"proto3\";", "empty.protoset": ""])
        #expect(throws: SchemaError("\(folder.path)/empty.protoset: the set has no file of descriptors")) {
            try SetFile.read(["\(folder.path)/empty.protoset"])
        }
        let text = #expect(throws: SchemaError.self) { try SetFile.read(["\(folder.path)/text.protoset"]) }
        #expect(text?.message.hasPrefix("\(folder.path)/text.protoset: this is no set of descriptors") == true)
        let absent = #expect(throws: SchemaError.self) { try SetFile.read(["\(folder.path)/none"]) }
        #expect(absent?.message == "\(folder.path)/none: cannot be read: No such file or directory")
        let path = try write(folder, "cut.protoset", one, two, isZipped: true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.dropLast(9).write(to: URL(fileURLWithPath: path))
        #expect(throws: SchemaError("\(path): is no whole gzip")) { try SetFile.read([path]) }
    }

    @Test("a small file that becomes a large one is refused")
    func bomb() throws {
        let folder = try TemporaryFolder([:])
        let zeros = [UInt8](repeating: 0, count: SetFile.limit + 1)
        let packed = try zeros.withUnsafeBytes { try MessageCompression.gzip($0) }
        let path = "\(folder.path)/bomb.protoset"
        try Data(packed).write(to: URL(fileURLWithPath: path))
        #expect(packed.count < 1 << 20)
        #expect(throws: SchemaError("\(path): has more than 67108864 bytes in its gzip")) { try SetFile.read([path]) }
    }

    private func write(
        _ folder: TemporaryFolder, _ name: String, _ files: ProtoFile..., isZipped: Bool = false
    ) throws -> String {
        var bytes = DescriptorSet.bytes(of: try files.map { try DescriptorFile($0.bytes) })
        if isZipped { bytes = try bytes.withUnsafeBytes { try MessageCompression.gzip($0) } }
        let path = "\(folder.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
