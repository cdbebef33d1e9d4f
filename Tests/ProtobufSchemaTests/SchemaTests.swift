import Foundation
import ProtobufSchema
import RPCCore
import Testing

/// Schemas that are wrong in a part: the rest is used, and the part says why it is not.
@Suite("Schemas")
struct SchemaTests {
    /// A descriptor as bytes, written field by field.
    struct Written {
        var bytes: [UInt8] = []

        func text(_ number: UInt8, _ text: String) -> Written { adding(number, Array(text.utf8)) }
        func message(_ number: UInt8, _ message: Written) -> Written { adding(number, message.bytes) }

        func number(_ number: UInt8, _ value: UInt8) -> Written {
            var new = self
            new.bytes += [number << 3, value]
            return new
        }

        private func adding(_ number: UInt8, _ content: [UInt8]) -> Written {
            var new = self
            var length = content.count
            new.bytes.append(number << 3 | 2)
            while length > 0x7F {
                new.bytes.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            new.bytes.append(UInt8(length))
            new.bytes += content
            return new
        }
    }

    /// A message with one field, of a type that is named or, without a name, text.
    private static func message(_ name: String, field: String = "x", number: UInt8 = 1, type: String? = nil) -> Written
    {
        var descriptor = Written().text(1, field).number(3, number).number(4, 1)
        descriptor = type.map { descriptor.number(5, 11).text(6, $0) } ?? descriptor.number(5, 9)
        return Written().text(1, name).message(2, descriptor)
    }

    private static func schema(_ parts: Written...) throws -> Schema {
        var file = Written().text(1, "p.proto").text(2, "p").text(12, "proto3")
        for part in parts { file.bytes += part.bytes }
        return Schema([try DescriptorFile(file.bytes)])
    }

    private static func method(_ input: String) -> Written {
        Written().text(1, "M").text(2, input).text(3, ".p.Good")
    }

    @Test("a type that is not defined costs its message, and the methods that reach it, and nothing else")
    func danglingType() throws {
        let service = Written().text(1, "S").message(2, Self.method(".p.Holder")).message(2, Self.method(".p.Good"))
        let schema = try Self.schema(
            Written().message(4, Self.message("Bad", type: ".nobody.Knows")),
            Written().message(4, Self.message("Holder", type: "Bad")), Written().message(4, Self.message("Good")),
            Written().message(6, service))
        #expect(schema.message("p.Good")?.problem == nil)
        #expect(schema.message("p.Bad")?.problem?.contains(".nobody.Knows is not defined") == true)
        let methods = try #require(schema.service("p.S")).methods
        #expect(methods[0].problem?.contains("p.Bad") == true)
        #expect(methods[1].problem == nil)
        #expect(schema.problems.contains { $0.file == "p.proto" && $0.symbol == "p.Bad.x" })
    }

    @Test("names, numbers and syntaxes that there cannot be are refused by name")
    func refused() throws {
        let names = try Self.schema(
            Written().message(4, Self.message("Evil\r\nName")), Written().message(4, Self.message("Good")))
        #expect(names.messages.map(\.fullName) == ["p.Good"])
        #expect(names.problems.count == 1)
        let numbers = try Self.schema(Written().message(4, Self.message("M", number: 0)))
        #expect(numbers.message("p.M")?.problem?.contains("0 is no number of a field") == true)
        let twice = try Self.schema(
            Written().message(4, Self.message("M")), Written().message(4, Self.message("M", field: "y")))
        #expect(twice.message("p.M")?.fields.map(\.name) == ["x"])
        #expect(twice.problems.first?.reason.contains("declared twice") == true)
        let syntax = Schema([try DescriptorFile(Written().text(1, "q.proto").text(12, "proto9").bytes)])
        #expect(syntax.problems.first?.text.contains("syntax 'proto9' is not known") == true)
    }

    @Test("types that are declared without end in one another are cut off")
    func nesting() throws {
        var inner = Written().text(1, "M")
        for _ in 0..<200 { inner = Written().text(1, "M").message(3, inner) }
        let schema = try Self.schema(Written().message(4, inner))
        #expect(schema.messages.count == 32)
        #expect(schema.problems.contains { $0.reason.contains("more than 32 deep") })
    }

    @Test("names that would be looked up without end are given up, and those that say where they are still count")
    func lookups() throws {
        let file = Written().text(1, "p.proto").text(2, "a.b.c.d.e.f.g.h").text(12, "proto3")
            .message(4, Self.message("Lost", type: "Nobody")).message(4, Self.message("Late", type: "Lost"))
            .message(4, Self.message("Told", type: ".a.b.c.d.e.f.g.h.Late"))
        let files = [try DescriptorFile(file.bytes)]
        let cut = Schema(files, lookups: 40)
        #expect(cut.message("a.b.c.d.e.f.g.h.Late")?.problem?.contains("too many names") == true)
        #expect(cut.message("a.b.c.d.e.f.g.h.Told")?.problem == nil)
        let whole = Schema(files)
        #expect(whole.message("a.b.c.d.e.f.g.h.Lost")?.problem?.contains("Nobody is not defined") == true)
        #expect(whole.message("a.b.c.d.e.f.g.h.Late")?.problem == nil)
    }

    @Test("the files that schemas import are there, and are right")
    func wellKnown() throws {
        #expect(WellKnownFiles.files.count == 15)
        let schema = Schema(WellKnownFiles.files)
        #expect(schema.problems.isEmpty)
        #expect(schema.message("google.rpc.ErrorInfo") != nil)
    }

    @Test("bytes that are no descriptors are refused, whatever they are")
    func noise() throws {
        var random = SystemRandomNumberGenerator()
        let whole = DescriptorSet.bytes(of: WellKnownFiles.files)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            guard let files = try? DescriptorSet.files(in: bytes) else { continue }
            let schema = Schema(files)
            for service in schema.services { _ = ProtoSource.text(of: service.fullName, in: schema) }
            for message in schema.messages.prefix(20) { _ = ProtoSource.text(of: message.fullName, in: schema) }
        }
    }

    @Test("entries of maps that are none, and defaults that cannot be, are told, and the message is used")
    func oddParts() throws {
        func field(_ name: String, _ number: UInt8, type: UInt8, default text: String) -> Written {
            Written().text(1, name).number(3, number).number(4, 1).number(5, type).text(7, text)
        }
        let entry = Self.message("Entry").message(7, Written().number(7, 1))
        let defaults = Written().text(1, "Defaults")
            .message(2, field("a", 1, type: 5, default: "12abc")).message(2, field("b", 2, type: 8, default: "true"))
            .message(2, field("c", 3, type: 12, default: "\\xZZ")).message(
                2, field("d", 4, type: 12, default: "\\001\\n")
            )
            .message(2, field("e", 5, type: 4, default: "-1")).message(2, field("f", 6, type: 1, default: "-inf"))
        let schema = try Self.schema(Written().message(4, entry), Written().message(4, defaults))
        #expect(
            schema.problems.map(\.text) == [
                "p.proto: p.Entry: it is marked as the entry of a map, and is none; it is a message",
                "p.proto: p.Defaults.a: the default '12abc' is none that it can have, and is passed over",
                "p.proto: p.Defaults.c: the default '\\xZZ' is none that it can have, and is passed over",
                "p.proto: p.Defaults.e: the default '-1' is none that it can have, and is passed over",
            ])
        let message = try #require(schema.message("p.Defaults"))
        #expect(message.problem == nil && schema.message("p.Entry")?.problem == nil)
        #expect(message.fields.map(\.defaultText) == [nil, "true", nil, "\\001\\n", nil, "-inf"])
    }

    @Test("fields of one name in JSON are told from each other by their own")
    func namesInJSON() throws {
        func field(_ name: String, _ number: UInt8) -> Written {
            Written().text(1, name).number(3, number).number(4, 1).number(5, 9)
        }
        let message = Written().text(1, "Clash").message(2, field("a_b", 1)).message(2, field("aB", 2))
        let schema = try Self.schema(Written().message(4, message))
        #expect(
            schema.problems.map(\.text) == [
                "p.proto: p.Clash.a_b: its name in JSON, aB, is that of aB, too; it has its own there"
            ])
        let descriptor = try #require(schema.message("p.Clash"))
        let json = #"{"a_b":"1","aB":"2"}"#
        let read = try Array(json.utf8).withUnsafeBytes { try DynamicMessage(descriptor, json: $0, in: schema) }
        var written: [UInt8] = []
        try read.appendJSON(to: &written, in: schema)
        #expect(String(decoding: written, as: UTF8.self) == json)
    }
}
