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

    private init(_ message: DynamicMessageCodec) {
        self.message = message
    }

    /// The only one. Its definition is a part of the program; `nil` is never seen.
    static let shared: RawMessageCodec? = {
        guard let files = try? DescriptorSet.files(in: set) else { return nil }
        let schema = Schema(files)
        return schema.message("UnknownMessage").map { RawMessageCodec(DynamicMessageCodec($0, in: schema)) }
    }()

    /// A `FileDescriptorSet` of unknown.proto with the message UnknownMessage, in proto3.
    private static let set = bytes(
        1, text(1, "unknown.proto") + bytes(4, text(1, "UnknownMessage")) + text(12, "proto3"))

    /// The codec where a definition, as it is kept with a call, is its own.
    static func defined(by bytes: [UInt8]) -> RawMessageCodec? { shared?.definition == bytes ? shared : nil }

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

    /// Any bytes are what they are.
    func fits(_ bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> Bool { encoding == .protobuf }

    /// Bytes that a line shows.
    private static let summaryLimit = 64

    func summary(of value: MessageValue) -> String {
        (Data(base64Encoded: value[Self.field] ?? "") ?? Data()).withUnsafeBytes(Self.summary)
    }

    func line(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding) -> MessageLine? {
        fits(bytes, as: encoding) ? MessageLine(Self.summary(bytes)) : nil
    }

    /// `5 bytes: 0a 03 41 6e 61`.
    private static func summary(_ bytes: UnsafeRawBufferPointer) -> String {
        let hex = bytes.prefix(summaryLimit).map { " \($0 < 16 ? "0" : "")\(String($0, radix: 16))" }.joined()
        return bytes.count.counted("byte", "bytes") + (hex.isEmpty ? "" : ":\(hex)")
            + (bytes.count > summaryLimit ? " …" : "")
    }

    func text(of bytes: UnsafeRawBufferPointer, as encoding: Payload.Encoding, in view: MessageView) -> String? {
        message.text(of: bytes, as: encoding, in: view == .plain ? .wire : view)
    }
}
