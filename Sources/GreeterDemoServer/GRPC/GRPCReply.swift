import GRPCCore
import GreeterCore
import GreeterProtos
import SwiftProtobuf

/// A reply on its way out, whole or broken.
struct GRPCReply: Sendable {
    var reply: HelloReply
    /// Whether its last byte is left out, so that it cannot be read.
    var isBroken: Bool

    struct Serializer: MessageSerializer {
        func serialize<Bytes: GRPCContiguousBytes>(_ message: GRPCReply) throws -> Bytes {
            var bytes: [UInt8] = try Helloworld_HelloReply.with {
                $0.message = message.reply.message
                $0.language = message.reply.language ?? ""
            }.serializedBytes()
            if message.isBroken { bytes.removeLast() }
            return Bytes(bytes)
        }
    }
}
