import Foundation
import ProtobufSchema

/// What Google's conformance_test_runner tries: it is sent messages on standard input and answers on standard output, each with
/// its length before it (conformance/conformance.proto of protocolbuffers/protobuf). Everything here is read and written by
/// descriptors alone, the runner's own messages, too.
@main
struct ConformanceTestee {
    private let schema: Schema
    private let request: MessageDescriptor
    private let response: MessageDescriptor

    static func main() throws {
        let testee = try ConformanceTestee()
        while let bytes = Self.read() { Self.write(try testee.answer(to: bytes)) }
    }

    private init() throws {
        schema = Schema(try DescriptorSet.files(in: PackageResources.conformance_protoset))
        guard let request = schema.message("conformance.ConformanceRequest"),
            let response = schema.message("conformance.ConformanceResponse")
        else { throw SchemaError("the messages of the runner are missing") }
        self.request = request
        self.response = response
    }

    private func answer(to bytes: [UInt8]) throws -> [UInt8] {
        let job = try bytes.withUnsafeBytes { try DynamicMessage(request, wire: $0, in: schema) }
        let (name, value) = outcome(of: job)
        var answer = DynamicMessage(response)
        if let field = response.field(named: name) { answer[field] = .one(value) }
        var written: [UInt8] = []
        answer.appendWire(to: &written, in: schema)
        return written
    }

    /// The field of the response that is set, and its value.
    private func outcome(of job: DynamicMessage) -> (String, DynamicMessage.Value) {
        guard case .string(let type)? = value("message_type", of: job), let descriptor = schema.message(type) else {
            return ("runtime_error", .string("there is no such type"))
        }
        // The runner asks for the failures that are expected: there are none.
        if type == "conformance.FailureSet" { return ("protobuf_payload", .bytes([])) }
        let message: DynamicMessage
        do {
            if case .bytes(let wire)? = value("protobuf_payload", of: job) {
                message = try wire.withUnsafeBytes { try DynamicMessage(descriptor, wire: $0, in: schema) }
            } else if case .string(let text)? = value("json_payload", of: job) {
                let allowsUnknown = value("test_category", of: job) == .enum(3)
                message = try Array(text.utf8).withUnsafeBytes {
                    try DynamicMessage(descriptor, json: $0, in: schema, allowsUnknown: allowsUnknown)
                }
            } else {
                return (
                    "skipped",
                    .string("text format is written, and not read: nobody types requests in it; JSPB is not spoken")
                )
            }
        } catch {
            return ("parse_error", .string("\(error)"))
        }
        var bytes: [UInt8] = []
        switch value("requested_output_format", of: job) {
        case .enum(1):
            message.appendWire(to: &bytes, in: schema)
            return ("protobuf_payload", .bytes(bytes))
        case .enum(2):
            do {
                try message.appendJSON(to: &bytes, in: schema)
                return ("json_payload", .string(String(decoding: bytes, as: UTF8.self)))
            } catch {
                return ("serialize_error", .string("\(error)"))
            }
        case .enum(4):
            let writesUnknown = value("print_unknown_fields", of: job) == .bool(true)
            message.appendText(to: &bytes, in: schema, writesUnknown: writesUnknown)
            return ("text_payload", .string(String(decoding: bytes, as: UTF8.self)))
        default: return ("skipped", .string("JSPB is not spoken"))
        }
    }

    private func value(_ name: String, of message: DynamicMessage) -> DynamicMessage.Value? {
        guard let field = message.descriptor.field(named: name), case .one(let value)? = message[field] else {
            return nil
        }
        return value
    }

    // MARK: Standard input and output

    private static func read() -> [UInt8]? {
        guard let head = read(4) else { return nil }
        return read(head.reversed().reduce(0) { $0 << 8 | Int($1) })
    }

    private static func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let part = try? FileHandle.standardInput.read(upToCount: count - bytes.count), !part.isEmpty else {
                return nil
            }
            bytes += part
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8]) {
        let head = (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        FileHandle.standardOutput.write(Data(head + bytes))
    }
}
