import HTTP2Session
import RPCCore

/// The Greeter service over gRPC: the same greetings as behind the gateway's dialect, and the same faults.
struct GreeterService: Sendable {
    static let name = "helloworld.Greeter"

    let configuration: DemoServerConfiguration
    let faults: FaultRun

    var methods: [String: GRPCMethod] {
        [
            "/\(Self.name)/SayHello": method(.unary),
            "/\(Self.name)/SayHelloStreamReply": method(.serverStream),
            "/\(Self.name)/SayHelloClientStream": method(.clientStream),
            "/\(Self.name)/SayHelloBidiStream": method(.bidirectional),
        ]
    }

    private func method(_ kind: CallKind) -> GRPCMethod {
        GRPCMethod { call in
            let served = try await GreeterCall(configuration: configuration, faults: faults, call: call).serve(kind)
            return [HTTP2Field("x-greeted", String(served))]
        }
    }
}
