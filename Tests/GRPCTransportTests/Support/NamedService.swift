import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GreeterCore
import Synchronization

/// A gRPC service of one method, under whatever name, that greets all requests of a call together.
final class NamedService: RegistrableRPCService {
    private let method: MethodDescriptor
    private let seen = Mutex<[[String]]>([])

    /// - Parameters:
    ///   - service: What stands before the second slash of the path.
    ///   - method: What stands after it.
    init(_ service: String = "helloworld.Greeter", method: String) {
        self.method = MethodDescriptor(fullyQualifiedService: service, method: method)
    }

    /// The names of each call that has ended.
    var calls: [[String]] { seen.withLock { $0 } }

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(forMethod: method, deserializer: NameCodec(), serializer: NameCodec()) { request, _ in
            var names: [String] = []
            for try await name in request.messages { names.append(name) }
            let all = names
            self.seen.withLock { $0.append(all) }
            return StreamingServerResponse { writer in
                try await writer.write("Hello, \(all.joined(separator: ", "))!")
                return [:]
            }
        }
    }

    /// Runs `body` with the address of a server that has this service.
    /// - Parameter path: The socket that it listens at; a port where there is none.
    func serve(at path: String? = nil, _ body: (ServerAddress) async throws -> Void) async throws {
        let transport = HTTP2ServerTransport.Posix(
            address: path.map { .unixDomainSocket(path: $0) } ?? .ipv4(host: "127.0.0.1", port: 0),
            transportSecurity: .plaintext)
        let server = GRPCServer(transport: transport, services: [self])
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            let port = try await transport.listeningAddress.ipv4?.port
            try await body(
                path.map { ServerAddress(scheme: .grpc, socketPath: $0) }
                    ?? ServerAddress(scheme: .grpc, host: "127.0.0.1", port: port ?? 0))
            server.beginGracefulShutdown()
        }
    }
}

/// Messages that have one text, as their first field.
private struct NameCodec: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: String) throws -> Bytes {
        Bytes([0x0A] + Self.varint(message.utf8.count) + message.utf8)
    }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> String {
        bytes.withUnsafeBytes { bytes in
            // The name is short in every test: its length is one byte.
            bytes.count < 2 ? "" : String(decoding: bytes.dropFirst(2).prefix(Int(bytes[1])), as: UTF8.self)
        }
    }

    private static func varint(_ number: Int) -> [UInt8] {
        number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
    }
}
