import Foundation
import ProtobufSchema
import RPCCore

/// A streaming call of the gateway's dialect to a service whose messages are known by their descriptors.
struct SchemaStream: ServedStream {
    private let method: ServiceMethod
    private let behaviour: DemoServerConfiguration.Behaviour
    private var service: any ServiceCall

    init(_ method: ServiceMethod, _ behaviour: DemoServerConfiguration.Behaviour) {
        self.method = method
        self.behaviour = behaviour
        service = method.begin()
    }

    mutating func receive(_ message: UnsafeRawBufferPointer, answers: inout FrameWriter) -> Bool {
        do {
            let request = try method.request(json: message)
            if behaviour == .guide, request.fields.isEmpty, RequestReading.isEndOfStream(Data(message)) { return true }
            for reply in try service.receive(request) { answers.writeResponse(reply) }
            if behaviour == .perMessage, method.kind == .clientStream {
                finish(answers: &answers)
                service = method.begin()
            }
        } catch let issue as ValidationIssue {
            answers.writeError("Invalid request: \(issue.summary)")
        } catch let status as GRPCStatus {
            answers.writeError("Invalid request: \(status.message)")
        } catch {
            answers.writeError("Invalid request: \(error)")
        }
        return false
    }

    mutating func finish(answers: inout FrameWriter) {
        for reply in service.finish() { answers.writeResponse(reply) }
        answers.writeComplete()
    }

    var pace: Duration? { service.pace }

    mutating func speak(answers: inout FrameWriter) {
        if let reply = service.speak() { answers.writeResponse(reply) }
    }
}

extension FrameWriter {
    fileprivate mutating func writeResponse(_ reply: DynamicMessage) {
        writeResponse { $0.append(raw: reply.gatewayJSON) }
    }
}
