import Foundation
import ProtobufSchema
import RPCCore
import Testing

/// Whatever a message is, it stays the same on its way through JSON and the wire format.
struct RoundTripTests {
    @Test("messages of every type come back from JSON and from the wire", arguments: [1, 2, 3] as [UInt64])
    func everyType(seed: UInt64) throws {
        let schema = Schema(
            try DescriptorSet.files(
                in: [UInt8](Data(contentsOf: VectorTests.folder.appending(path: "schemas.protoset")))))
        var messages = RandomMessages(schema: schema, random: SeededGenerator(seed: seed))
        let types = schema.messages.filter { $0.problem == nil }
        #expect(types.count > 80)
        var (fields, styles) = (0, [JSONStyle(), .gateway])
        styles[0].emitsDefaults = seed == 2
        for descriptor in types {
            for index in 0..<20 {
                let message = messages.message(descriptor)
                fields += message.fields.count
                for style in styles where !(descriptor.isEntry) {
                    try check(message, schema, style, "\(seed)/\(index)")
                }
            }
        }
        #expect(fields > 3000)
    }

    private func check(_ message: DynamicMessage, _ schema: Schema, _ style: JSONStyle, _ place: String) throws {
        let name = "\(message.descriptor.fullName) \(place)"
        var json: [UInt8] = []
        do {
            try message.appendJSON(to: &json, in: schema, style)
        } catch {
            Issue.record("\(name) has no JSON: \(error)")
            return
        }
        let text = String(decoding: json.prefix(400), as: UTF8.self)
        do {
            let read = try json.withUnsafeBytes { try DynamicMessage(message.descriptor, json: $0, in: schema) }
            var (wire, again): ([UInt8], [UInt8]) = ([], [])
            read.appendWire(to: &wire, in: schema)
            let decoded = try wire.withUnsafeBytes { try DynamicMessage(message.descriptor, wire: $0, in: schema) }
            try decoded.appendJSON(to: &again, in: schema, style)
            #expect(again == json, "\(name): \(text)\nbecame \(String(decoding: again.prefix(400), as: UTF8.self))")
            var direct: [UInt8] = []
            message.appendWire(to: &direct, in: schema)
            #expect(wire == direct, "\(name): other bytes after JSON: \(text)")
        } catch {
            Issue.record("\(name) is not read again: \(error): \(text)")
        }
    }
}

extension MessageDescriptor {
    /// Whether it is only there for a map.
    fileprivate var isEntry: Bool { fullName.hasSuffix("Entry") }
}
