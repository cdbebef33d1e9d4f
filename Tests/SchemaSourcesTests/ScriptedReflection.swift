import GRPCWire
import NIOCore
import RPCCore
import Synchronization
import TestSupport

@testable import SchemaSources

/// A transport in whose place a script answers reflection.
final class ScriptedReflection: Transport {
    /// A request, and where it came.
    struct Request: Sendable {
        var question: ReflectionQuestion
        var version: ReflectionVersion
        /// The number of the stream, and of the request on it, from 1.
        var stream: Int
        var number: Int
    }

    enum Step: Sendable {
        case answer([UInt8])
        /// Ends the stream, well or not.
        case end(CallError?)
        /// Says nothing for so long.
        case wait(Duration)
    }

    typealias Script = @Sendable (Request) -> [Step]

    let server: ServerAddress
    let clock: any CallClock
    private let script: Script
    private let state = Mutex((requests: [Request](), calls: [Call]()))

    init(
        at server: ServerAddress = ServerAddress(scheme: .grpc, host: "127.0.0.1", port: 50051),
        clock: any CallClock = SystemClock(), _ script: @escaping Script
    ) {
        (self.server, self.clock, self.script) = (server, clock, script)
    }

    var requests: [Request] { state.withLock { $0.requests } }
    var questions: [String] { requests.map { "\($0.question)" } }
    var calls: [Call] { state.withLock { $0.calls } }

    func checkHealth(deadline: Duration) async throws(CallError) -> HealthReport {
        HealthReport(message: "", roundTrip: .zero)
    }

    func shutdown() async {}

    func perform(_ call: Call, observer: any CallObserver) async -> CallOutcome {
        let stream = state.withLock { state in
            state.calls.append(call)
            return state.calls.count
        }
        let error = await run(call, stream, observer)
        let outcome = CallOutcome(error: error, delivery: Delivery(), time: clock.now, rule: "the script ended")
        await observer.observe(.ended(outcome))
        return outcome
    }

    private func run(_ call: Call, _ stream: Int, _ observer: any CallObserver) async -> CallError? {
        let isAlpha = call.method.ref.service == "grpc.reflection.v1alpha.ServerReflection"
        var source = call.plan.makeSource(call.encoder(.protobuf), clock: clock)
        var number = 0
        do {
            while let batch = try await source.next(atMost: 256) {
                await observer.observe(.sent(batch.map { message($0, .request) }))
                for payload in batch {
                    number += 1
                    guard let question = payload.bytes.withUnsafeBytes({ ReflectionQuestion($0) }) else {
                        return CallError(.invalidArgument, "no request", at: .server)
                    }
                    let request = Request(
                        question: question, version: isAlpha ? .v1alpha : .v1, stream: stream, number: number)
                    state.withLock { $0.requests.append(request) }
                    for step in script(request) {
                        switch step {
                        case .answer(let bytes):
                            let payload = Payload(call.method.output, .protobuf, bytes[...])
                            await observer.observe(.received([message(payload, .response)]))
                        case .end(let error): return error
                        case .wait(let time): try await clock.sleep(for: time)
                        }
                    }
                }
            }
            return nil
        } catch {
            return CallError(.cancelled, "cancelled", at: .cancellation)
        }
    }

    private func message(_ payload: Payload, _ role: StreamMessage.Role) -> StreamMessage {
        StreamMessage(number: 1, time: clock.now, form: .grpcMessage, role: role, payload: payload)
    }
}

extension CallError {
    static func answered(_ code: StatusCode) -> CallError {
        CallError(code, "the server answered \(code.name)", at: .server)
    }
}

/// Answers of a server with these files, as it should be.
struct ServedFiles: Sendable {
    /// By name, those that declare services first.
    var files: [String: [UInt8]] = [:]
    var symbols: [String: String] = [:]
    var services: [String] = []
    /// Whether answers repeat the request.
    var repeatsRequests = true

    init(_ files: [ProtoFile]) {
        for file in files {
            self.files[file.name] = file.bytes
            for service in file.services {
                symbols[file.package + "." + service] = file.name
                services.append(file.package + "." + service)
            }
        }
    }

    func answer(_ question: ReflectionQuestion) -> [UInt8] {
        switch question {
        case .services: answer(question, services: services)
        case .file(let name): answer(question, files: files[name].map { [$0] })
        case .symbol(let name): answer(question, files: symbols[name].flatMap { files[$0] }.map { [$0] })
        default: answer(question, files: nil)
        }
    }

    private func head(_ question: ReflectionQuestion) -> ByteBuffer {
        var buffer = ByteBuffer()
        if repeatsRequests {
            let request = question.bytes
            buffer.writeField(2, request, count: request.count)
        }
        return buffer
    }

    func answer(_ question: ReflectionQuestion, services: [String]) -> [UInt8] {
        var (buffer, list) = (head(question), ByteBuffer())
        for service in services {
            var inner = ByteBuffer()
            inner.writeField(1, service)
            list.writeField(1, inner)
        }
        buffer.writeField(6, list)
        return Array(buffer.readableBytesView)
    }

    /// - Parameter files: `nil` for NOT_FOUND.
    func answer(_ question: ReflectionQuestion, files: [[UInt8]]?) -> [UInt8] {
        guard let files else { return answer(question, error: .notFound, "no such thing") }
        var (buffer, list) = (head(question), ByteBuffer())
        for file in files { list.writeField(1, file, count: file.count) }
        buffer.writeField(4, list)
        return Array(buffer.readableBytesView)
    }

    func answer(_ question: ReflectionQuestion, error: StatusCode, _ text: String) -> [UInt8] {
        var (buffer, inner) = (head(question), ByteBuffer())
        inner.writeField(1, value: UInt64(error.rawValue))
        inner.writeField(2, text)
        buffer.writeField(7, inner)
        return Array(buffer.readableBytesView)
    }

    func answer(_ question: ReflectionQuestion, numbers: [Int]) -> [UInt8] {
        var (buffer, inner) = (head(question), ByteBuffer())
        let packed = numbers.flatMap { number -> [UInt8] in
            number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128), UInt8(number >> 7)]
        }
        inner.writeField(2, packed, count: packed.count)
        buffer.writeField(5, inner)
        return Array(buffer.readableBytesView)
    }
}

/// A file of descriptors in the making (google/protobuf/descriptor.proto).
struct ProtoFile: Sendable {
    var name: String
    var package = "demo.v1"
    var imports: [String] = []
    var services: [String] = []
    /// The name of a message with these text fields.
    var message: String?
    var fields: [String] = []

    var bytes: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeField(1, name)
        buffer.writeField(2, package)
        for name in imports { buffer.writeField(3, name) }
        if let message {
            var inner = ByteBuffer()
            inner.writeField(1, message)
            for (index, name) in fields.enumerated() {
                var field = ByteBuffer()
                field.writeField(1, name)
                field.writeField(3, value: UInt64(index + 1))
                field.writeField(4, value: 1)
                field.writeField(5, value: 9)
                inner.writeField(2, field)
            }
            buffer.writeField(4, inner)
        }
        for service in services {
            var inner = ByteBuffer()
            inner.writeField(1, service)
            buffer.writeField(6, inner)
        }
        buffer.writeField(12, "proto3")
        return Array(buffer.readableBytesView)
    }
}

extension ReflectionLimits {
    /// Those of always, with more time than the busiest machine needs.
    static var patient: ReflectionLimits {
        var limits = ReflectionLimits()
        (limits.time, limits.firstAnswer) = (.seconds(3600), .seconds(3600))
        return limits
    }
}
