import Foundation
import ProtobufSchema
import Testing

/// Messages as seven other implementations read and write them (Python, Go, C++ and their tools).
struct VectorTests {
    /// A case: what is read, and what must become of it.
    struct Vector: Decodable, CustomTestStringConvertible {
        var id: String
        var type: String
        /// In hexadecimal digits: JSON, or a message in the wire format.
        var input: String
        /// The message written again; `nil` where it must be refused.
        var wire: String?
        /// `nil` where it cannot be printed.
        var json: String?
        var refused: Bool?
        /// Whether implementations differ on whether it is refused, and on what it is.
        var either: Bool?
        var free: Bool?
        var notes: String?

        var testDescription: String { "\(id) \(notes ?? "")" }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")

    private static func vectors(_ name: String) throws -> [Vector] {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Vector.self, from: Data($0.utf8))
        }
    }

    private static func schema() throws -> Schema {
        Schema(try DescriptorSet.files(in: [UInt8](Data(contentsOf: folder.appending(path: "schemas.protoset")))))
    }

    @Test("JSON becomes the same message, or is refused")
    func json() throws {
        try run("protojson.jsonl", count: 1328) { descriptor, bytes, schema in
            try bytes.withUnsafeBytes { try DynamicMessage(descriptor, json: $0, in: schema) }
        }
    }

    @Test("bytes become the same message, or are refused")
    func wire() throws {
        try run("wire.jsonl", count: 596) { descriptor, bytes, schema in
            try bytes.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
        }
    }

    private func run(
        _ name: String, count: Int, _ read: (MessageDescriptor, [UInt8], Schema) throws -> DynamicMessage
    ) throws {
        let (vectors, schema) = (try Self.vectors(name), try Self.schema())
        #expect(vectors.count == count)
        #expect(schema.problems.isEmpty)
        for vector in vectors {
            let descriptor = try #require(schema.message(vector.type))
            guard let message = try? read(descriptor, [UInt8](hex: vector.input), schema) else {
                #expect(vector.refused == true || vector.either == true, "\(vector.testDescription) was refused")
                continue
            }
            #expect(vector.refused != true || vector.either == true, "\(vector.testDescription) was not refused")
            guard vector.refused != true, vector.free != true else { continue }
            try check(message, descriptor, vector, schema)
        }
    }

    private func check(
        _ message: DynamicMessage, _ descriptor: MessageDescriptor, _ vector: Vector, _ schema: Schema
    ) throws {
        var written: [UInt8] = []
        message.appendWire(to: &written, in: schema)
        let expected = [UInt8](hex: try #require(vector.wire))
        // Other implementations write one NaN for all.
        if written != expected, vector.json?.contains("NaN") != true {
            // In another order it is the same message; it is then as long.
            let same = try expected.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
            #expect(
                written.sorted() == expected.sorted() && same.fields.count == message.fields.count,
                "\(vector.testDescription) is written otherwise")
        }
        var text: [UInt8] = []
        do {
            try message.appendJSON(to: &text, in: schema)
        } catch {
            #expect(vector.json == nil || vector.either == true, "\(vector.testDescription): \(error)")
            return
        }
        guard let json = vector.json else {
            Issue.record("\(vector.testDescription) has no JSON, but some was written")
            return
        }
        #expect(
            try Self.isSame(Self.value(text), Self.value(Array(json.utf8))),
            "\(vector.testDescription) is \(String(decoding: text.prefix(200), as: UTF8.self))")
    }

    private static func value(_ json: [UInt8]) throws -> Any {
        // Foundation takes a byte order mark away wherever it stands, unless it is an escape.
        let text = String(decoding: json, as: UTF8.self).replacing("\u{FEFF}", with: "\\ufeff")
        return try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    /// JSON by its values: numbers by what they are as a double, or as a float.
    private static func isSame(_ one: Any, _ other: Any) -> Bool {
        switch (one, other) {
        case (let one as [String: Any], let other as [String: Any]):
            one.count == other.count && one.allSatisfy { name, value in other[name].map { isSame(value, $0) } ?? false }
        case (let one as [Any], let other as [Any]):
            one.count == other.count && zip(one, other).allSatisfy { isSame($0, $1) }
        case (let one as String, let other as String): Array(one.utf8) == Array(other.utf8)
        case (let one as NSNumber, let other as NSNumber):
            one.doubleValue == other.doubleValue || one.floatValue == other.floatValue
        default: one is NSNull && other is NSNull
        }
    }
}

extension [UInt8] {
    init(hex text: String) {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
