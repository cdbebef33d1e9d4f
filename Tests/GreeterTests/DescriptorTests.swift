import Foundation
import Greeter
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@Suite("The checked-in descriptors")
struct DescriptorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("Every .proto file is the one that the descriptors were made from: scripts/generate-protos makes them anew")
    func checksums() throws {
        let protos = Self.root.appending(path: "Protos")
        let names = try FileManager.default.subpathsOfDirectory(atPath: protos.path)
            .filter { $0.hasSuffix(".proto") }.sorted()
        let actual = try names.map { name in
            let bytes = try Data(contentsOf: protos.appending(path: name))
            return "\(Checksum.posix(bytes)) \(bytes.count) \(name)"
        }
        let recorded = try String(
            contentsOf: Self.root.appending(path: "Sources/Greeter/protos.cksum"), encoding: .utf8)
        #expect(actual == recorded.split(separator: "\n").map(String.init))
        #expect(Self.files.map { $0.text(1) }.sorted() == names)
    }

    @Test("The checksum is that of POSIX: cksum says 930766865 9 of '123456789'")
    func checksum() {
        #expect(Checksum.posix(Data("123456789".utf8)) == 930_766_865)
    }

    @Test("The services and their methods are those that are published, each of its kind")
    func services() {
        let methods = Self.files.flatMap { file in
            file.messages(6).flatMap { service in
                service.messages(2).map { method in
                    let streams = (method.isTrue(5), method.isTrue(6))
                    return "\(file.text(2)).\(service.text(1))/\(method.text(1)) "
                        + "\(streams.0 ? ">>" : ">")\(streams.1 ? "<<" : "<")"
                }
            }
        }
        #expect(
            Set(methods) == [
                "helloworld.Greeter/SayHello ><", "helloworld.Greeter/SayHelloStreamReply ><<",
                "helloworld.Greeter/SayHelloClientStream >><", "helloworld.Greeter/SayHelloBidiStream >><<",
                "demo.telemetry.v1.Telemetry/Record >><", "demo.telemetry.v1.Telemetry/Watch ><<",
                "demo.telemetry.v1.Telemetry/Windows >><<", "demo.telemetry.v1.Telemetry/Describe ><",
                "demo.chat.v1.Chat/Talk >><<", "demo.chat.v1.Chat/Rooms ><",
                "grpc.health.v1.Health/Check ><", "grpc.health.v1.Health/List ><", "grpc.health.v1.Health/Watch ><<",
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo >><<",
                "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo >><<",
            ])
    }

    @Test(
        "Greetings are written with the fields of the descriptors, by their numbers", arguments: ["Request", "Reply"])
    func fields(_ kind: String) throws {
        let message = try #require(
            Self.files.flatMap { $0.messages(4) }.first { $0.text(1) == "Hello" + kind })
        #expect(message.messages(2).map { $0.text(1) } == [kind == "Request" ? "name" : "message", "language"])
        #expect(message.messages(2).map { $0.number(3) } == [1, 2])
        // TYPE_STRING.
        #expect(message.messages(2).map { $0.number(5) } == [9, 9])
        let value =
            kind == "Request"
            ? HelloRequest(name: "A", language: "b").value : HelloReply(message: "A", language: "b").value
        let codec = kind == "Request" ? Greeter.request : Greeter.reply
        #expect(codec.name == "helloworld.Hello" + kind)
        #expect(Array(Payload(value, codec, .protobuf).bytes) == [1 << 3 | 2, 1, 0x41, 2 << 3 | 2, 1, 0x62])
    }

    private static let files = Descriptor(bytes: ServiceDescriptors.set).messages(1)
}

/// A message of google/protobuf/descriptor.proto, by the numbers of its fields.
private struct Descriptor {
    var bytes: [UInt8]

    func messages(_ number: Int) -> [Descriptor] { values(number).map { Descriptor(bytes: $0.bytes ?? []) } }
    func text(_ number: Int) -> String { String(decoding: values(number).last?.bytes ?? [], as: UTF8.self) }
    func number(_ number: Int) -> UInt64 { values(number).last?.value ?? 0 }
    func isTrue(_ number: Int) -> Bool { self.number(number) == 1 }

    private func values(_ number: Int) -> [(bytes: [UInt8]?, value: UInt64)] {
        bytes.withUnsafeBytes { bytes in
            var (fields, found) = (ProtobufFields(bytes), [(bytes: [UInt8]?, value: UInt64)]())
            while let field = fields.next() {
                if field.number == number { found.append((field.bytes.map { Array($0) }, field.value)) }
            }
            return found
        }
    }
}

/// The checksum of the command `cksum` (IEEE Std 1003.1).
private enum Checksum {
    static func posix(_ bytes: Data) -> UInt32 {
        var crc: UInt32 = 0
        func add(_ byte: UInt8) {
            crc ^= UInt32(byte) << 24
            for _ in 0..<8 { crc = crc & 0x8000_0000 == 0 ? crc << 1 : crc << 1 ^ 0x04C1_1DB7 }
        }
        for byte in bytes { add(byte) }
        var length = bytes.count
        while length > 0 {
            add(UInt8(length & 0xFF))
            length >>= 8
        }
        return ~crc
    }
}
