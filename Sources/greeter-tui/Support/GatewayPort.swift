import Greeter
import RPCCore

/// The port of a gateway that is taken for that of the service behind it: it answers gRPC with the message of its JSON envelope,
/// and the status OK.
enum GatewayPort {
    /// Whether a reply to a unary call is such an answer. A service may of course say the same.
    static func answers(with reply: Payload) -> Bool {
        reply.value == MessageValue([MessageValue.Field(Greeter.reply.fields[0].name, "success")])
    }

    /// What must be wrong.
    static let cause = "the greeting 'success' is what a gateway answers when its port is taken for the service's"

    /// What to try.
    static func advice(for server: ServerAddress) -> String {
        "give the port of the gRPC service behind it, or use \(server.beginning(in: server.scheme.otherDialect))"
    }

    /// Tells who calls such a port.
    struct Interceptor: CallInterceptor {
        let server: ServerAddress

        func intercept(_ call: Call, observer: any CallObserver, next: @escaping CallHandler) async -> CallOutcome {
            guard call.kind == .unary, server.scheme.dialect == .grpc else { return await next(call, observer) }
            return await next(call, Observer(observer: observer, server: server))
        }
    }

    private struct Observer: CallObserver {
        let observer: any CallObserver
        let server: ServerAddress

        func observe(_ event: CallEvent) async {
            await observer.observe(event)
            guard case .received(let messages) = event, let last = messages.last, answers(with: last.payload) else {
                return
            }
            await observer.observe(.notice("\(cause): \(advice(for: server))"))
        }
    }
}
