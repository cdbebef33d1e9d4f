import Greeter
import ProtobufSchema
import RPCCore

/// One call of a service whose messages are known by their descriptors: messages in, messages out, and nothing of how they travel.
protocol ServiceCall {
    /// Takes a request.
    /// - Returns: what is answered at once.
    mutating func receive(_ request: DynamicMessage) throws(GRPCStatus) -> [DynamicMessage]

    /// What is owed when the last request has come.
    mutating func finish() -> [DynamicMessage]

    /// How long it is silent before it speaks by itself: all the time where one request is answered by many replies, else while
    /// requests may come. `nil` where it has no more to say.
    var pace: Duration? { get }

    /// What it says by itself.
    mutating func speak() -> DynamicMessage?
}

extension ServiceCall {
    mutating func finish() -> [DynamicMessage] { [] }
    var pace: Duration? { nil }
    mutating func speak() -> DynamicMessage? { nil }
}

/// A call that is one request and one reply.
struct UnaryCall: ServiceCall {
    let reply: (DynamicMessage) throws(GRPCStatus) -> DynamicMessage

    func receive(_ request: DynamicMessage) throws(GRPCStatus) -> [DynamicMessage] { [try reply(request)] }
}

/// A method of a service whose messages are known by their descriptors.
struct ServiceMethod: Sendable {
    let descriptor: MethodDescriptor
    let input: MessageDescriptor
    /// Begins a call.
    let begin: @Sendable () -> any ServiceCall

    /// - Parameter name: `demo.chat.v1.Chat/Talk`.
    private init(_ name: String, _ begin: @escaping @Sendable () -> any ServiceCall) {
        let parts = name.split(separator: "/").map(String.init)
        let method = DemoSchema.schema.service(parts[0])?.methods.first { $0.name == parts[1] }
        guard let method else { preconditionFailure("the descriptors that are built in have no \(name)") }
        descriptor = method
        input = DemoSchema.message(method.input)
        self.begin = begin
    }

    var kind: CallKind { descriptor.kind }

    /// Those of the demo server, but for the Greeter's.
    static let all = [
        ServiceMethod("demo.telemetry.v1.Telemetry/Record") { SampleSums(window: nil) },
        ServiceMethod("demo.telemetry.v1.Telemetry/Windows") { SampleSums(window: 10) },
        ServiceMethod("demo.telemetry.v1.Telemetry/Watch") { SampleWatch() },
        ServiceMethod("demo.telemetry.v1.Telemetry/Describe") { UnaryCall(reply: DemoSensor.describe) },
        ServiceMethod("demo.chat.v1.Chat/Talk") { ChatTalk() },
        ServiceMethod("demo.chat.v1.Chat/Rooms") { UnaryCall(reply: ChatRoom.list) },
    ]
}

/// The descriptors of all services of the demo server.
enum DemoSchema {
    static let schema = Schema((try? DescriptorSet.files(in: ServiceDescriptors.set)) ?? [])

    static func message(_ name: String) -> MessageDescriptor {
        guard let message = schema.message(name) else {
            preconditionFailure("the descriptors that are built in have no \(name)")
        }
        return message
    }
}
