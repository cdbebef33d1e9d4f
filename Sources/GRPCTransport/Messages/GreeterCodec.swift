import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import GreeterCore
import GreeterProtos

/// Greetings as protocol buffers.
enum GreeterCodec {
    /// - Throws: ``CallError`` where a request cannot be written.
    static func encode(_ request: HelloRequest) throws(CallError) -> GRPCNIOTransportBytes {
        do {
            return try ProtobufSerializer().serialize(
                Helloworld_HelloRequest.with {
                    $0.name = request.name
                    $0.language = request.language ?? ""
                })
        } catch {
            throw CallError(.invalidArgument, "a request cannot be written: \(error)", at: .send)
        }
    }

    /// - Throws: ``CallError`` for bytes that are no reply.
    static func decode(_ bytes: GRPCNIOTransportBytes) throws(CallError) -> HelloReply {
        do {
            let reply: Helloworld_HelloReply = try ProtobufDeserializer().deserialize(bytes)
            return HelloReply(message: reply.message, language: reply.language.isEmpty ? nil : reply.language)
        } catch {
            throw CallError(
                .internal, "a message of \(bytes.count) bytes is no reply: it does not fit the service's definition",
                at: .decode, advice: "check the method: another service may answer there")
        }
    }
}
