import GRPCWire
import NIOCore
import ProtobufSchema
import RPCCore

/// Greetings as protocol buffers: each message has two fields of text.
enum GreeterWire {
    /// Appends a reply. A field that is empty is left out, as proto3 has it.
    static func write(_ reply: HelloReply, to buffer: inout ByteBuffer) {
        if !reply.message.isEmpty { buffer.writeField(1, reply.message) }
        if let language = reply.language, !language.isEmpty { buffer.writeField(2, language) }
    }

    /// Reads a request.
    /// - Throws: ``CallError`` for bytes that are none.
    static func request(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> HelloRequest {
        var fields = ProtobufFields(bytes)
        var request = HelloRequest(name: "")
        while let field = fields.next() {
            guard field.number <= 2 else { continue }
            guard let text = field.text else { throw misfit(bytes) }
            if field.number == 1 { request.name = text } else { request.language = text.isEmpty ? nil : text }
        }
        guard !fields.isMalformed else { throw misfit(bytes) }
        return request
    }

    private static func misfit(_ bytes: UnsafeRawBufferPointer) -> CallError {
        CallError(
            .internal, "a message of \(bytes.count) bytes is no request: it does not fit the service's definition",
            at: .decode, advice: "check the method: another service may answer there")
    }
}
