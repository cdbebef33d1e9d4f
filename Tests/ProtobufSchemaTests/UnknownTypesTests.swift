import Foundation
import ProtobufSchema
import RPCCore
import Testing

@Suite("Types in Any that a schema does not have")
struct UnknownTypesTests {
    private func codec(_ name: String, without file: String? = nil) throws -> DynamicMessageCodec {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/schemas.protoset")
        let files = try DescriptorSet.files(in: [UInt8](try Data(contentsOf: path))).filter { $0.name != file }
        let schema = Schema(files)
        return DynamicMessageCodec(try #require(schema.message(name)), in: schema)
    }

    private func bytes(_ json: String, of codec: DynamicMessageCodec) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try Array(json.utf8).withUnsafeBytes { text in
            Result { () throws(JSONMessageFault) in try codec.write(json: text, as: .protobuf, to: &bytes) }
        }.get()
        return bytes
    }

    private static let book = #"{"@type":"x/demo.v1.Book","title":"Emma"}"#

    @Test("they are found in any depth, and only where they are unknown")
    func found() throws {
        let whole = try codec("google.protobuf.Any")
        let schema = Schema(whole.schema.files.filter { $0.name == "google/protobuf/any.proto" })
        let small = DynamicMessageCodec(try #require(schema.message("google.protobuf.Any")), in: schema)
        let deep = #"{"@type":"x/google.protobuf.Any","value":\#(Self.book)}"#
        for json in [Self.book, deep] {
            let bytes = try bytes(json, of: whole)
            #expect(bytes.withUnsafeBytes { whole.unknownTypes(in: $0) } == [])
            #expect(bytes.withUnsafeBytes { small.unknownTypes(in: $0) } == ["demo.v1.Book"])
            let read = small.extended(by: whole.schema.files)
            #expect(bytes.withUnsafeBytes { read.unknownTypes(in: $0) } == [])
            #expect(bytes.withUnsafeBytes { read.json(of: $0, as: .protobuf) } == json)
        }
        #expect(small.extended(by: small.schema.files) === small)
    }

    @Test("a message that cannot hold any, and bytes that are none, have none")
    func none() throws {
        let scalars = try codec("demo.v1.GetBookRequest")
        #expect(!scalars.canHoldAny)
        #expect(try codec("google.protobuf.Any").canHoldAny)
        let any = try codec("google.protobuf.Any")
        // A length that goes beyond the end, and a name that is none.
        for bytes in [[0x0A, 0x7F, 0x61], [0x0A, 0x03, 0x61, 0x2F, 0x2D]] as [[UInt8]] {
            #expect(bytes.withUnsafeBytes { any.unknownTypes(in: $0) } == [])
        }
    }

    @Test(
        "a text names types, however it quotes them",
        arguments: [
            (#"{"@type":"type.googleapis.com/a.B","x":{"@type" : "c.D"}}"#, ["a.B", "c.D"]),
            ("- {'@type': x/a.B, id: 1}\n- '@type': x/c.D\n", ["a.B", "c.D"]),
            (#"x,"{""@type"":""x/a.B"",""id"":1}""#, ["a.B"]), (#"{"@type":"x/a.B"} {"@type":"y/a.B"}"#, ["a.B"]),
            (#"{"@types":"x/a.B","@type":"no name","@type":7}"#, ["no"]), ("@typ", []), ("@type", []),
        ])
    func named(text: String, names: [String]) {
        #expect(NamedTypes.names(in: Array(text.utf8)) == names)
    }

    @Test("so many are found and no more")
    func limit() {
        let text = (1...200).map { #"{"@type":"x/a.B\#($0)"}"# }.joined()
        #expect(NamedTypes.names(in: Array(text.utf8)).count == NamedTypes.limit)
    }
}
