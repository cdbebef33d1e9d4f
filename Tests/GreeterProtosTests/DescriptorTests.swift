import Foundation
import GreeterProtos
import SwiftProtobuf
import Testing

@Suite("The checked-in descriptors")
struct DescriptorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("Every .proto file is the one that the generated code was made from: scripts/generate-protos makes it anew")
    func checksums() throws {
        let protos = Self.root.appending(path: "Protos")
        let names = try FileManager.default.subpathsOfDirectory(atPath: protos.path)
            .filter { $0.hasSuffix(".proto") }.sorted()
        let actual = try names.map { name in
            let bytes = try Data(contentsOf: protos.appending(path: name))
            return "\(Checksum.posix(bytes)) \(bytes.count) \(name)"
        }
        let recorded = try String(
            contentsOf: Self.root.appending(path: "Sources/GreeterProtos/Generated/protos.cksum"), encoding: .utf8)
        #expect(actual == recorded.split(separator: "\n").map(String.init))
        #expect(try ServiceDescriptors.files().map(\.name).sorted() == names)
    }

    @Test("The checksum is that of POSIX: cksum says 930766865 9 of '123456789'")
    func checksum() {
        #expect(Checksum.posix(Data("123456789".utf8)) == 930_766_865)
    }

    @Test("The services and their methods are those that are published, each of its kind")
    func services() throws {
        let methods = try ServiceDescriptors.files().flatMap { file in
            file.service.flatMap { service in
                service.method.map { method in
                    let streams = (method.clientStreaming, method.serverStreaming)
                    return
                        "\(file.package).\(service.name)/\(method.name) \(streams.0 ? ">>" : ">")\(streams.1 ? "<<" : "<")"
                }
            }
        }
        #expect(
            Set(methods) == [
                "helloworld.Greeter/SayHello ><", "helloworld.Greeter/SayHelloStreamReply ><<",
                "helloworld.Greeter/SayHelloClientStream >><", "helloworld.Greeter/SayHelloBidiStream >><<",
                "grpc.health.v1.Health/Check ><", "grpc.health.v1.Health/List ><", "grpc.health.v1.Health/Watch ><<",
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo >><<",
                "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo >><<",
            ])
    }

    @Test("The generated code writes the fields by the numbers of the descriptor")
    func fields() throws {
        let message = try #require(
            ServiceDescriptors.files().flatMap(\.messageType).first { $0.name == "HelloRequest" })
        #expect(message.field.map(\.name) == ["name", "language"])
        #expect(message.field.map(\.number) == [1, 2])
        let bytes: [UInt8] = try Helloworld_HelloRequest.with {
            $0.name = "A"
            $0.language = "b"
        }.serializedBytes()
        #expect(bytes == [1 << 3 | 2, 1, 0x41, 2 << 3 | 2, 1, 0x62])
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
