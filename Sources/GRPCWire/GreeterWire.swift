package import NIOCore
package import RPCCore

/// Greetings as protocol buffers, written and read by hand: each message has two fields of text.
package enum GreeterWire {
    /// Appends a request.
    /// - Returns: how many bytes it has.
    package static func write(_ request: HelloRequest, to buffer: inout ByteBuffer) -> Int {
        let before = buffer.writerIndex
        // A field that is empty is left out, as proto3 has it.
        if !request.name.isEmpty { buffer.writeField(1, request.name) }
        if let language = request.language, !language.isEmpty { buffer.writeField(2, language) }
        return buffer.writerIndex - before
    }

    /// Appends a reply.
    package static func write(_ reply: HelloReply, to buffer: inout ByteBuffer) {
        if !reply.message.isEmpty { buffer.writeField(1, reply.message) }
        if let language = reply.language, !language.isEmpty { buffer.writeField(2, language) }
    }

    /// Reads a request.
    /// - Throws: ``CallError`` for bytes that are none.
    package static func request(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> HelloRequest {
        let (name, language) = try texts(bytes, of: "request")
        return HelloRequest(name: name, language: language)
    }

    /// Reads a reply.
    /// - Throws: ``CallError`` for bytes that are none.
    package static func reply(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> HelloReply {
        let (message, language) = try texts(bytes, of: "reply")
        return HelloReply(message: message, language: language)
    }

    private static func texts(
        _ bytes: UnsafeRawBufferPointer, of kind: StaticString
    ) throws(CallError) -> (first: String, second: String?) {
        var fields = ProtobufFields(bytes)
        var (first, second): (String, String?) = ("", nil)
        while let field = fields.next() {
            guard field.number <= 2 else { continue }
            guard let text = field.text else { throw misfit(bytes, kind) }
            if field.number == 1 { first = text } else { second = text.isEmpty ? nil : text }
        }
        guard !fields.isMalformed else { throw misfit(bytes, kind) }
        return (first, second)
    }

    private static func misfit(_ bytes: UnsafeRawBufferPointer, _ kind: StaticString) -> CallError {
        CallError(
            .internal, "a message of \(bytes.count) bytes is no \(kind): it does not fit the service's definition",
            at: .decode, advice: "check the method: another service may answer there")
    }
}
