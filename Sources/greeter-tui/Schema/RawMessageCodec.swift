import Foundation
import ProtobufSchema
import RPCCore

/// Messages whose definition nobody has looked up: a request is sent as it is given, and of replies the numbers of fields can be
/// shown.
///
/// It stands for a message without fields, in which everything is unknown. The value of a request is its bytes in base64.
final class RawMessageCodec: MessageCodec {
    static let field = "bytes"

    private let message: DynamicMessageCodec

    /// - Throws: ``Exit`` never: the definition is a part of the program.
    init() throws(Exit) {
        // A `FileDescriptorSet` of unknown.proto with the message UnknownMessage, in proto3.
        let file =
            Self.text(1, "unknown.proto") + Self.bytes(4, Self.text(1, "UnknownMessage")) + Self.text(12, "proto3")
        guard let files = try? DescriptorSet.files(in: Self.bytes(1, file)) else { throw .usage("there is no message") }
        let schema = Schema(files)
        guard let descriptor = schema.message("UnknownMessage") else { throw .usage("there is no message") }
        message = DynamicMessageCodec(descriptor, in: schema)
    }

    private static func text(_ number: UInt8, _ text: String) -> [UInt8] { bytes(number, Array(text.utf8)) }

    private static func bytes(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    /// The value of a request.
    static func value(of bytes: [UInt8]) -> MessageValue {
        MessageValue([MessageValue.Field(field, Data(bytes).base64EncodedString())])
    }

    var name: String { message.name }
    var fields: [MessageField] { [MessageField(Self.field, hint: "bytes")] }
    var definition: [UInt8]? { message.definition }
    var example: MessageValue { Self.value(of: []) }

    func write(_ value: MessageValue, as encoding: Payload.Encoding, to bytes: inout [UInt8]) throws(MessageProblem) {
        guard encoding == .protobuf, let data = Data(base64Encoded: value[Self.field] ?? "") else {
            throw MessageProblem(path: Self.field, reason: "bytes can be sent to a gRPC server only")
        }
        bytes += data
    }

    func value(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageValue? {
        fits(bytes, as: encoding) ? Self.value(of: Array(bytes)) : nil
    }

    func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool {
        encoding == .protobuf && message.fits(bytes, as: encoding)
    }

    func summary(of value: MessageValue) -> String {
        let count = Data(base64Encoded: value[Self.field] ?? "")?.count ?? 0
        return "\(count) bytes"
    }

    func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String? {
        message.text(of: bytes, as: encoding, in: view)
    }
}
