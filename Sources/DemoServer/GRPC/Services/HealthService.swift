import GRPCWire
import NIOCore
import ProtobufSchema
import RPCCore

/// The health of a server that is always well, as published in grpc/health/v1/health.proto, whose messages are read and written by
/// hand: there are two fields.
enum HealthService {
    static let methods: [String: GRPCMethod] = [
        "/grpc.health.v1.Health/Check": GRPCMethod { call in
            let name = try await call.requests.only(service)
            guard services.contains(name) else {
                throw GRPCStatus(.notFound, "There is no service '\(name.prefix(200))'")
            }
            try call.replies.append { $0.writeStatus(serving) }
            return []
        },
        "/grpc.health.v1.Health/List": GRPCMethod { call in
            _ = try await call.requests.only { (_) throws(CallError) in }
            try call.replies.append { list in
                for service in services.sorted() { list.writeEntry(service, serving) }
            }
            return []
        },
        // Says how it is, and then nothing, since nothing changes.
        "/grpc.health.v1.Health/Watch": GRPCMethod { call in
            let name = try await call.requests.only(service)
            try call.replies.append { $0.writeStatus(services.contains(name) ? serving : unknown) }
            try await call.replies.flush()
            try await call.untilLeft()
        },
    ]

    /// What can be asked about; the empty name is the server as a whole.
    private static let services = Set(ServiceMethod.all.map(\.descriptor.service)).union(["", GreeterService.name])
    private static let serving: UInt64 = 1
    private static let unknown: UInt64 = 3

    /// `HealthCheckRequest.service`.
    private static func service(_ bytes: UnsafeRawBufferPointer) throws(CallError) -> String {
        var (fields, name) = (ProtobufFields(bytes), "")
        while let field = fields.next() {
            if field.number == 1 { name = field.text ?? "" }
        }
        guard !fields.isMalformed else { throw CallError(.internal, "the request cannot be read", at: .decode) }
        return name
    }
}

extension ByteBuffer {
    /// `HealthCheckResponse.status`.
    fileprivate mutating func writeStatus(_ status: UInt64) {
        writeField(1, value: status)
    }

    /// One of `HealthListResponse.statuses`.
    fileprivate mutating func writeEntry(_ service: String, _ status: UInt64) {
        var (entry, response) = (ByteBuffer(), ByteBuffer())
        response.writeStatus(status)
        entry.writeField(1, service)
        entry.writeField(2, response)
        writeField(1, entry)
    }
}
