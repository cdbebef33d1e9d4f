import GRPCCore
import GRPCProtobuf
import GreeterProtos

/// Server reflection v1 and v1alpha, whose messages are the same, as published in grpc/reflection.
struct ReflectionService: RegistrableRPCService {
    typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
    typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

    private let index: DescriptorIndex

    /// - Throws: where the descriptors that are built in cannot be read.
    init() throws {
        index = try DescriptorIndex(ServiceDescriptors.files())
    }

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for version in ["v1", "v1alpha"] {
            let service = ServiceDescriptor(fullyQualifiedService: "grpc.reflection.\(version).ServerReflection")
            router.registerHandler(
                forMethod: MethodDescriptor(
                    service: service, method: "ServerReflectionInfo", type: .bidirectionalStreaming),
                deserializer: ProtobufDeserializer<Request>(), serializer: ProtobufSerializer<Response>()
            ) { request, _ in
                StreamingServerResponse { responses in
                    for try await question in request.messages { try await responses.write(answer(question)) }
                    return [:]
                }
            }
        }
    }

    private func answer(_ request: Request) -> Response {
        .with { response in
            response.validHost = request.host
            response.originalRequest = request
            switch request.messageRequest {
            case .fileByFilename(let name): response.messageResponse = file(index.file(named: name), name)
            case .fileContainingSymbol(let name): response.messageResponse = file(index.file(containing: name), name)
            case .listServices:
                response.listServicesResponse.service = index.services.map { name in .with { $0.name = name } }
            case .fileContainingExtension(let request):
                response.messageResponse = missing("extension \(request.extensionNumber) of \(request.containingType)")
            case .allExtensionNumbersOfType(let name) where index.file(containing: name) != nil:
                response.allExtensionNumbersResponse.baseTypeName = name
            case .allExtensionNumbersOfType(let name): response.messageResponse = missing("type '\(name)'")
            case nil:
                response.errorResponse.errorCode = Int32(Status.Code.invalidArgument.rawValue)
                response.errorResponse.errorMessage = "The request asks for nothing that is known here"
            }
        }
    }

    private func file(_ bytes: [UInt8]?, _ name: String) -> Response.OneOf_MessageResponse {
        guard let bytes else { return missing("file or symbol '\(name)'") }
        return .fileDescriptorResponse(.with { $0.fileDescriptorProto = [.init(bytes)] })
    }

    private func missing(_ what: String) -> Response.OneOf_MessageResponse {
        .errorResponse(
            .with {
                $0.errorCode = Int32(Status.Code.notFound.rawValue)
                $0.errorMessage = "There is no \(what)"
            })
    }
}
