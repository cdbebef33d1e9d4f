import GRPCCore
import GreeterProtos

/// The health of a server that is always well, as published in grpc/health/v1/health.proto.
struct HealthService: Grpc_Health_V1_Health.SimpleServiceProtocol {
    typealias Request = Grpc_Health_V1_HealthCheckRequest
    typealias Response = Grpc_Health_V1_HealthCheckResponse

    /// What can be asked about; the empty name is the server as a whole.
    private static let services: Set<String> = ["", Helloworld_Greeter.descriptor.fullyQualifiedService]

    private static let serving = Response.with { $0.status = .serving }

    func check(request: Request, context: ServerContext) async throws -> Response {
        guard Self.services.contains(request.service) else {
            throw RPCError(code: .notFound, message: "There is no service '\(request.service)'")
        }
        return Self.serving
    }

    func list(
        request: Grpc_Health_V1_HealthListRequest, context: ServerContext
    ) async throws -> Grpc_Health_V1_HealthListResponse {
        .with { $0.statuses = Dictionary(uniqueKeysWithValues: Self.services.map { ($0, Self.serving) }) }
    }

    /// Says how it is, and then nothing, since nothing changes.
    func watch(request: Request, response: RPCWriter<Response>, context: ServerContext) async throws {
        let isKnown = Self.services.contains(request.service)
        try await response.write(isKnown ? Self.serving : .with { $0.status = .serviceUnknown })
        try await context.cancellation.cancelled
    }
}
