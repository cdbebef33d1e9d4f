import GRPCWire
import NIOCore
import ProtobufSchema
import Testing

/// What other tools ask a server; that they understand the answers is checked with grpcio's packages.
@Suite("Health and reflection of the gRPC side", .timeLimit(.minutes(10)))
struct GRPCServiceTests {
    private static let check = "/grpc.health.v1.Health/Check"

    private static let services = ["demo.chat.v1.Chat", "demo.telemetry.v1.Telemetry", "helloworld.Greeter"]

    @Test("the server and its services are well, and others are not there", arguments: [""] + services)
    func health(_ service: String) async throws {
        try await withProbe { probe in
            let request = service.isEmpty ? [] : Message.text(1, service)
            let answer = try await probe.call(Self.check, [Message.framed(request)])
            // HealthCheckResponse.status = SERVING.
            #expect(try answer.messages == [[0x08, 1]])
            #expect(answer.status == "0")
            let other = try await probe.call(Self.check, [Message.framed(Message.text(1, "x"))])
            #expect(other.status == "5" && other.message == "There is no service 'x'")
        }
    }

    @Test("health is watched without end, and listed")
    func watches() async throws {
        try await withProbe { probe in
            for (service, status): (String, UInt8) in [("", 1), ("x", 3)] {
                let stream = probe.open("/grpc.health.v1.Health/Watch")
                let request = service.isEmpty ? [] : Message.text(1, service)
                try await stream.write(ByteBuffer(bytes: Message.framed(request)), ends: true)
                var bytes: [UInt8] = []
                while bytes.count < 7, let batch = try await stream.next() {
                    for case .data(let data) in batch { bytes += data.readableBytesView }
                }
                #expect(bytes == Message.framed([0x08, status]))
                stream.reset(.cancel)
            }
            let list = try await probe.call("/grpc.health.v1.Health/List", [Message.framed([])])
            let entries = try #require(try list.messages.first)
            #expect(entries == ([""] + Self.services).flatMap(Self.entry))
        }
    }

    private static func inner(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private static func entry(_ service: String) -> [UInt8] {
        let entry = Message.text(1, service) + [0x12, 2, 0x08, 1]
        return [0x0A, UInt8(entry.count)] + entry
    }

    @Test("reflection lists the services, and knows the file of each symbol", arguments: ["v1", "v1alpha"])
    func reflection(_ version: String) async throws {
        try await withProbe { probe in
            let questions: [[UInt8]] = [
                Message.text(7, ""), Message.text(4, "helloworld.Greeter.SayHello"),
                Message.text(4, "helloworld.HelloReply"),
                Message.text(3, "helloworld/helloworld.proto"), Message.text(4, "x.Y"), Message.text(1, "host"),
                Message.text(6, "helloworld.HelloReply"),
                Message.text(4, "demo.chat.v1.Heard.joined"), Message.text(3, "google/api/annotations.proto"),
                // ExtensionRequest: the option google.api.http, and one that nobody has.
                Self.inner(5, Message.text(1, "google.protobuf.MethodOptions") + [0x10, 0xB0, 0xCA, 0xBC, 0x22]),
                Self.inner(5, Message.text(1, "google.protobuf.MethodOptions") + [0x10, 1]),
                Message.text(6, "google.protobuf.MethodOptions"),
            ]
            let answer = try await probe.call(
                "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo",
                questions.map { Message.framed($0) })
            #expect(answer.status == "0")
            let answers = try answer.messages.map(Self.fields)
            try #require(answers.count == questions.count)
            for (question, fields) in zip(questions, answers) { #expect(fields[2] == question) }
            let services = String(decoding: try #require(answers[0][6]), as: UTF8.self)
            for name in Self.services + ["grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"] {
                #expect(services.contains(name))
            }
            let file = try #require(answers[1][4])
            #expect(String(decoding: file, as: UTF8.self).contains("helloworld/helloworld.proto"))
            #expect(answers[2][4] == file && answers[3][4] == file)
            #expect(answers[4][7] == [0x08, 5] + Message.text(2, "There is no symbol 'x.Y'"))
            #expect(answers[5][1] == Array("host".utf8) && answers[5][7]?.prefix(2) == [0x08, 3])
            #expect(answers[6][5] == Message.text(1, "helloworld.HelloReply"))
            let chat = try #require(answers[7][4])
            #expect(String(decoding: chat, as: UTF8.self).contains("demo/chat/v1/chat.proto"))
            #expect(answers[8][4] != nil && answers[9][4] == answers[8][4])
            #expect(answers[10][7]?.prefix(2) == [0x08, 5])
            #expect(answers[11][5]?.suffix(5) == [0x10, 0xB0, 0xCA, 0xBC, 0x22])
        }
    }

    /// The fields of a message that have bytes.
    private static func fields(_ message: [UInt8]) -> [Int: [UInt8]] {
        message.withUnsafeBytes { bytes in
            var (fields, found) = (ProtobufFields(bytes), [Int: [UInt8]]())
            while let field = fields.next() {
                if let bytes = field.bytes { found[field.number] = Array(bytes) }
            }
            return found
        }
    }
}
