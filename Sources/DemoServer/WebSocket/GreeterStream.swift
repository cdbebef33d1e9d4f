import NIOCore
import RPCCore

/// The service's side of one streaming call of the dialect: messages in, messages out, and nothing of how they travel.
protocol ServedStream {
    /// Answers one message.
    /// - Returns: whether the client has said that this was its last: the end is then to be written.
    mutating func receive(_ message: UnsafeRawBufferPointer, answers: inout FrameWriter) -> Bool

    /// Writes what a half-closed stream still owes.
    mutating func finish(answers: inout FrameWriter)

    /// How long it is silent before it speaks by itself; `nil` where it never does.
    var pace: Duration? { get }

    /// Writes what it says by itself.
    mutating func speak(answers: inout FrameWriter)
}

/// The Greeter's two routes that stream requests.
enum StreamRoute: String {
    case clientStream = "/v1/helloworld/client_stream"
    case bidirectional = "/v1/helloworld/ws"

    /// Whether a service streams requests there.
    static func isOne(_ path: String) -> Bool { stream(at: path, .guide) != nil }

    /// Begins a call of the service that streams requests there.
    static func stream(
        at path: String, _ behaviour: DemoServerConfiguration.Behaviour
    ) -> (any ServedStream)? {
        if let route = StreamRoute(rawValue: path) { return GreeterStream(route: route, behaviour: behaviour) }
        guard let method = GatewayRoute.at(path)?.method, method.kind.streamsRequests else { return nil }
        return SchemaStream(method, behaviour)
    }
}

/// The Greeter's side of a streaming call.
///
/// Holds no more than ``GreetedNames`` does, however long the stream.
struct GreeterStream: ServedStream {
    private let route: StreamRoute
    private let behaviour: DemoServerConfiguration.Behaviour
    private var names = GreetedNames()

    init(route: StreamRoute, behaviour: DemoServerConfiguration.Behaviour) {
        self.route = route
        self.behaviour = behaviour
    }

    mutating func receive(_ message: UnsafeRawBufferPointer, answers: inout FrameWriter) -> Bool {
        switch RequestReading(message, knowsMarker: behaviour == .guide) {
        case .endOfStream: return true
        case .issues(let issues):
            answers.writeError("Invalid request: " + issues.map(\.summary).joined(separator: "; "))
        case .request(let request) where request.hasBlankName:
            answers.writeError("Invalid request: \(Greeting.emptyName)")
        case .request(let request): answer(request, answers: &answers)
        }
        return false
    }

    var pace: Duration? { nil }

    func speak(answers: inout FrameWriter) {}

    func finish(answers: inout FrameWriter) {
        if route == .clientStream { answers.writeResponse(names.reply) }
        answers.writeComplete()
    }

    private mutating func answer(_ request: HelloRequest, answers: inout FrameWriter) {
        switch (route, behaviour) {
        case (.clientStream, .guide):
            names.add(request)
        case (.clientStream, .perMessage):
            answers.writeResponse(Greeting.reply(to: request))
            answers.writeComplete()
        case (.bidirectional, .guide):
            answers.writeResponse(Greeting.reply(to: request))
        case (.bidirectional, .perMessage):
            let greeting = Greeting.reply(to: request)
            answers.writeResponse(greeting)
            answers.writeResponse(
                HelloReply(message: "Processed greeting for \(request.name)", language: greeting.language))
        }
    }
}
