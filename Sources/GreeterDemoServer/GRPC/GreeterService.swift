import GRPCCore
import GRPCProtobuf
import GreeterCore
import GreeterProtos

/// The Greeter service over gRPC: the same greetings as behind the gateway's dialect, and the same faults.
///
/// Registers its methods by hand, because the replies that it is told to break cannot be written by generated code.
struct GreeterService: RegistrableRPCService {
    typealias Requests = StreamingServerRequest<Helloworld_HelloRequest>
    typealias Replies = RPCWriter<GRPCReply>

    let configuration: DemoServerConfiguration
    let faults: FaultRun
    let clock: any CallClock
    let streams: StreamRegistry

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for (kind, method) in Self.methods {
            router.registerHandler(
                forMethod: method, deserializer: ProtobufDeserializer<Helloworld_HelloRequest>(),
                serializer: GRPCReply.Serializer()
            ) { request, context in
                try await answer(request, kind, context)
            }
        }
    }

    private static let methods: [(CallKind, MethodDescriptor)] = [
        (.unary, Helloworld_Greeter.Method.SayHello.descriptor),
        (.serverStream, Helloworld_Greeter.Method.SayHelloStreamReply.descriptor),
        (.clientStream, Helloworld_Greeter.Method.SayHelloClientStream.descriptor),
        (.bidirectional, Helloworld_Greeter.Method.SayHelloBidiStream.descriptor),
    ]

    private func answer(
        _ request: Requests, _ kind: CallKind, _ context: ServerContext
    ) async throws -> StreamingServerResponse<GRPCReply> {
        let call = GreeterCall(
            configuration: configuration, faults: faults, clock: clock, streams: streams,
            stream: request.metadata[stringValues: StreamRegistry.header].first { _ in true }.flatMap { Int($0) } ?? 0,
            cancellation: context.cancellation)
        try await call.begin()
        // What can be refused at once is refused before there are headers, with trailers only.
        let first = kind.streamsRequests ? nil : try await call.onlyRequest(of: request.messages)
        return StreamingServerResponse(metadata: ["server": "greeter-tui"]) { replies in
            let served =
                switch kind {
                case .unary: try await call.greet(first, replies)
                case .serverStream: try await call.greetRepeatedly(first, replies)
                case .clientStream: try await call.greetAll(request.messages, replies)
                case .bidirectional: try await call.greetEach(request.messages, replies)
                }
            return ["x-greeted": "\(served)"]
        }
    }
}
