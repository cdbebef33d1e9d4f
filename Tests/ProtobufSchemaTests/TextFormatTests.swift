import Foundation
import ProtobufSchema
import RPCCore
import Testing

/// Messages in the text format, as Python writes them, and what is unknown in them, as protoc does.
struct TextFormatTests {
    private struct Vector: Decodable {
        var type: String
        /// In hexadecimal digits.
        var wire: String
        var text: String
        /// With what is not in the definition; `nil` where there is nothing of the kind.
        var unknown: String?
    }

    private func schema() throws -> Schema {
        Schema(
            try DescriptorSet.files(
                in: [UInt8](Data(contentsOf: VectorTests.folder.appending(path: "schemas.protoset")))))
    }

    @Test("messages are written as others write them")
    func vectors() throws {
        let schema = try schema()
        let file = try String(contentsOf: VectorTests.folder.appending(path: "text.jsonl"), encoding: .utf8)
        let vectors = try file.split(separator: "\n").map { try JSONDecoder().decode(Vector.self, from: Data($0.utf8)) }
        #expect(vectors.count == 731)
        #expect(vectors.count { $0.unknown != nil } == 43)
        for vector in vectors {
            let descriptor = try #require(schema.message(vector.type))
            let bytes = [UInt8](hex: vector.wire)
            let message = try bytes.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
            var text: [UInt8] = []
            message.appendText(to: &text, in: schema, writesUnknown: false)
            expectSame(String(decoding: text, as: UTF8.self), vector.text, vector)
            text = []
            message.appendText(to: &text, in: schema)
            expectSame(String(decoding: text, as: UTF8.self), vector.unknown ?? vector.text, vector)
        }
    }

    /// Lines are the same; Python writes whole numbers of floating point with a zero behind the point.
    private func expectSame(_ text: String, _ expected: String, _ vector: Vector) {
        guard text != expected else { return }
        let (lines, wanted) = (text.split(separator: "\n"), expected.split(separator: "\n"))
        let isSame =
            lines.count == wanted.count
            && zip(lines, wanted).allSatisfy { line, wanted in
                if line == wanted { return true }
                guard let colon = line.firstIndex(of: ":"), wanted.hasPrefix(line[..<colon]),
                    let number = Double(line[colon...].dropFirst(2)),
                    let other = Double(wanted.dropFirst(line[..<colon].count + 2))
                else { return false }
                return number == other
            }
        #expect(
            isSame,
            "\(vector.type) \(vector.wire.prefix(80)):\n\(text.prefix(500))\ninstead of\n\(expected.prefix(500))")
    }

    @Test("nothing acts on a terminal, and other text stays readable")
    func isSafe() throws {
        let schema = try schema()
        let descriptor = try #require(schema.message("vec.v1.Scalars"))
        let json = Array(#"{"fString":"Zoë \u001b[2J\u202eabc\u0085 \u00ad'\"\\ \n日本","fBytes":"/wA="}"#.utf8)
        let message = try json.withUnsafeBytes { try DynamicMessage(descriptor, json: $0, in: schema) }
        var text: [UInt8] = []
        message.appendText(to: &text, in: schema)
        #expect(
            String(decoding: text, as: UTF8.self) == #"""
                f_string: "Zoë \033[2J\342\200\256abc\302\205 \302\255\'\"\\ \n日本"
                f_bytes: "\377\000"

                """#)
    }

    @Test("of messages that are packed in one another without end, the outer ones are written")
    func packed() throws {
        let schema = try schema()
        let descriptor = try #require(schema.message("google.protobuf.Any"))
        let url = Array("type.googleapis.com/google.protobuf.Any".utf8)
        var bytes: [UInt8] = []
        for _ in 0..<2000 { bytes = field(1, url) + field(2, bytes) }
        let message = try bytes.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
        var text: [UInt8] = []
        message.appendText(to: &text, in: schema)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.count { $0.contains("[type.googleapis.com/google.protobuf.Any] {") } == 100)
        var json: [UInt8] = []
        #expect(throws: JSONMessageFault.self) { try message.appendJSON(to: &json, in: schema) }
    }

    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var (length, head) = (bytes.count, [number << 3 | 2])
        while length > 0x7F {
            head.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        return head + [UInt8(length)] + bytes
    }
}
