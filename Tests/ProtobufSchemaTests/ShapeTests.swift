import Foundation
import ProtobufSchema
import RPCCore
import Testing

@Suite("What a kind of message has, for who asks for it")
struct ShapeTests {
    private static let schema: Schema? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/schemas.protoset")
        return (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }.map { Schema($0) }
    }()

    private func shape(_ name: String) throws -> any MessageShape {
        let schema = try #require(Self.schema)
        let message = try #require(schema.message(name))
        return try #require(DynamicMessageCodec(message, in: schema).shape)
    }

    private func field(_ name: String, of shape: any MessageShape) throws -> FieldShape {
        let index = try #require(shape.index(of: name))
        return shape.field(index)
    }

    @Test("a field says its names, its type and when it counts as set")
    func fields() throws {
        let book = try shape("demo.v1.Book")
        let lost = try field("lostAt", of: book)
        #expect(lost.name == "lost_at" && lost.jsonName == "lostAt" && lost.presence == .explicit)
        #expect(try field("title", of: book).presence == .implicit)
        #expect(try field("authors", of: book).presence == .repeated)
        let labels = try field("labels", of: book)
        #expect(labels.presence == .map && labels.key == .string && labels.typeText == "map<string, string>")
        #expect(try field("id", of: try shape("vec.legacy.Required")).presence == .required)
    }

    @Test("the compiler's own oneofs are none, and those of the file name their fields")
    func oneofs() throws {
        let said = try shape("demo.v1.Said")
        let join = try field("join", of: said)
        let oneof = try #require(join.oneof)
        #expect(try field("text", of: said).oneof == oneof)
        let leave = try #require(said.index(of: "leave"))
        #expect(said.oneof(ofField: leave) == oneof)
        let optionals = try shape("vec.v1.Optionals")
        #expect((0..<optionals.count).allSatisfy { optionals.field($0).oneof == nil })
    }

    @Test("a message that holds itself has as much of it as is asked for")
    func recursion() throws {
        var tree = try shape("vec.v1.Tree")
        for _ in 0..<50 {
            guard case .message(let child) = try field("children", of: tree).value else { throw CancellationError() }
            tree = child
        }
        #expect(tree.name == "vec.v1.Tree")
    }

    @Test("an enum says its numbers, its aliases and whether it is closed")
    func enums() throws {
        guard case .enum(let aliased) = try field("aliased", of: try shape("vec.v1.Enums")).value else {
            throw CancellationError()
        }
        let values = (0..<aliased.count).map(aliased.value)
        #expect(!aliased.isClosed && values.contains { $0.isAlias } && !values[0].isAlias)
        guard case .enum(let mood) = try field("mood", of: try shape("vec.legacy.Closed")).value else {
            throw CancellationError()
        }
        #expect(mood.isClosed)
    }

    @Test("faults are told of one field and of the whole, with their place")
    func faults() throws {
        let book = try shape("demo.v1.Book")
        let pages = try #require(book.index(of: "pages"))
        #expect(book.fault(in: Array("4294967296".utf8), ofField: pages)?.path == "pages")
        #expect(book.fault(in: Array("5".utf8), ofField: pages) == nil)
        let fault = book.fault(in: Array(#"{"title": 5}"#.utf8))
        #expect(fault?.offset == 10 && fault?.path == "title")
        #expect(book.typeNames.contains("demo.v1.Shelf") && book.type("demo.v1.Shelf") != nil)
        #expect(book.type("nobody.Knows") == nil)
    }
}
