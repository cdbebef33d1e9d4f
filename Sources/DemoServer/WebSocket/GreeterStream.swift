import NIOCore
import RPCCore

/// The two routes that stream requests.
enum StreamRoute: String {
    case clientStream = "/v1/helloworld/client_stream"
    case bidirectional = "/v1/helloworld/ws"
}

/// The service's side of one streaming call: messages in, messages out, and nothing of how they travel.
///
/// Holds no more than ``GreetedNames`` does, however long the stream.
struct GreeterStream {
    private let route: StreamRoute
    private let behaviour: DemoServerConfiguration.Behaviour
    private var names = GreetedNames()

    init(route: StreamRoute, behaviour: DemoServerConfiguration.Behaviour) {
        self.route = route
        self.behaviour = behaviour
    }

    /// Answers one message.
    /// - Returns: whether the client has said that this was its last: the end is then to be written.
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

    /// Writes what a half-closed stream still owes.
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
