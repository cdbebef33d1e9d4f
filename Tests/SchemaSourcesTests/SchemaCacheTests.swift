import Foundation
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import SchemaSources

@Suite("Descriptors on the disk")
struct SchemaCacheTests {
    private let folder: TemporaryFolder
    private let server = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 50051)
    private let other = ServerAddress(scheme: .grpcs, host: "127.0.0.1", port: 50051)
    private let entry: SchemaCache.Entry

    init() throws {
        folder = try TemporaryFolder([:])
        let file = ProtoFile(name: "a.proto", services: ["Library"], message: "Book", fields: ["title"])
        entry = SchemaCache.Entry(
            services: ["demo.v1.Library", "without.a.File"], files: [try DescriptorFile(file.bytes)])
    }

    @Test("what is kept of a server is read again, and of no other")
    func keeps() throws {
        let cache = SchemaCache(stateFolder: folder.path)
        #expect(cache.read(server) == nil)
        #expect(cache.write(entry, for: server))
        #expect(cache.read(server) == entry)
        #expect(cache.read(other) == nil)
        var newer = entry
        newer.services = []
        #expect(cache.write(newer, for: server))
        #expect(cache.read(server) == newer)
        #expect(try paths().count == 1)
    }

    @Test("only the owner can read it")
    func modes() throws {
        SchemaCache(stateFolder: folder.path).write(entry, for: server)
        let manager = FileManager.default
        let path = try #require(paths().first)
        #expect(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try manager.attributesOfItem(atPath: folder.path + "/schemas")[.posixPermissions] as? Int == 0o700)
    }

    @Test("others can read it as a set of descriptors")
    func isSet() throws {
        SchemaCache(stateFolder: folder.path).write(entry, for: server)
        #expect(try SetFile.read([#require(paths().first)]).files == entry.files)
    }

    @Test("what is broken counts as not there")
    func broken() throws {
        let cache = SchemaCache(stateFolder: folder.path)
        cache.write(entry, for: server)
        let path = try #require(paths().first)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.dropLast(3).write(to: URL(fileURLWithPath: path))
        #expect(cache.read(server) == nil)
    }

    @Test("it stays within its bounds: the newest is kept")
    func bounds() throws {
        let size = DescriptorSet.bytes(of: entry.files).count
        #expect(!SchemaCache(stateFolder: folder.path, fileLimit: size).write(entry, for: server))
        let cache = SchemaCache(stateFolder: folder.path, totalLimit: size * 4)
        for port in 1...20 {
            #expect(cache.write(entry, for: ServerAddress(scheme: .grpc, host: "h", port: port)))
        }
        #expect((1...3).contains(try paths().count))
        #expect(cache.read(ServerAddress(scheme: .grpc, host: "h", port: 20)) == entry)
    }

    @Test("a disk that does not take it is no failure")
    func unwritable() throws {
        #expect(!SchemaCache(stateFolder: "/dev/null/x").write(entry, for: server))
    }

    @Test("what has changed is said by name, and comments are no change")
    func changes() throws {
        func file(_ message: String, _ fields: [String], services: [String] = []) throws -> DescriptorFile {
            try DescriptorFile(
                ProtoFile(name: "\(message).proto", services: services, message: message, fields: fields).bytes)
        }
        let old = [try file("Book", ["title"]), try file("Shelf", ["x"]), try file("Same", [])]
        let new = [
            try file("Book", ["title", "pages"]), try file("Author", [], services: ["Library"]), try file("Same", []),
        ]
        let changes = SchemaChanges(from: old, to: new)
        #expect(changes.changed == ["demo.v1.Book"])
        #expect(changes.added == ["demo.v1.Author", "demo.v1.Library"])
        #expect(changes.removed == ["demo.v1.Shelf"])
        #expect(
            "\(changes)" == "changed: demo.v1.Book; new: demo.v1.Author, demo.v1.Library; gone: demo.v1.Shelf")
        let commented = try DescriptorFile(old[0].bytes + [0x4A, 2, 0x0A, 0])
        #expect(SchemaChanges(from: [old[0]], to: [commented]).isEmpty)
    }

    private func paths() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/schemas").map {
            folder.path + "/schemas/" + $0
        }
    }
}
