import DemoServer
import GRPCWire
import HTTP2Session
import NIOCore
import RPCCore
import Testing

/// PROTOCOL-HTTP2.md, as it looks from the other side.
@Suite("Calls to the gRPC side", .timeLimit(.minutes(10)))
struct GRPCCallTests {
    @Test("an answer is a header block, messages, and trailers with the status")
    func answers() async throws {
        try await withProbe { probe in
            let answer = try await probe.call("SayHello", [Message.naming("Ana")])
            let head = try #require(answer.head)
            #expect(head.headers[":status"] == "200" && !head.endsStream)
            #expect(head.headers["content-type"] == "application/grpc")
            #expect(head.headers["server"] == "greeter-tui")
            #expect(head.headers["grpc-encoding"] == nil)
            #expect(try answer.greetings == ["Hello, Ana!"])
            #expect(answer.trailers["grpc-status"] == "0" && answer.trailers["x-greeted"] == "1")
            #expect(answer.ending == "complete")
        }
    }

    @Test("every kind answers what it was asked")
    func kinds() async throws {
        try await withProbe { probe in
            let two = [Message.naming("Ana"), Message.naming("Bob")]
            let expected = [
                (
                    "SayHelloStreamReply", [two[0]], ["Hello, Ana!", "Hello, Ana! (2 of 3)", "Hello, Ana! (3 of 3)"],
                    "1"
                ),
                ("SayHelloClientStream", two, ["Hello, Ana and Bob! (2 requests)"], "2"),
                ("SayHelloClientStream", [], ["Hello, nobody! (0 requests)"], "0"),
                ("SayHelloBidiStream", two, ["Hello, Ana!", "Hello, Bob!"], "2"),
                ("SayHelloBidiStream", [], [], "0"),
            ]
            for (method, requests, greetings, count) in expected {
                let answer = try await probe.call(method, requests)
                #expect(try answer.greetings == greetings)
                #expect(answer.status == "0" && answer.trailers["x-greeted"] == count)
            }
        }
    }

    @Test("a conversation is answered request by request, before it is half-closed")
    func converses() async throws {
        try await withProbe { probe in
            let stream = probe.open("SayHelloBidiStream")
            for name in ["Ana", "Bob"] {
                try await stream.write(ByteBuffer(bytes: Message.naming(name)))
                var bytes: [UInt8] = []
                while bytes.isEmpty, let batch = try await stream.next() {
                    for case .data(let data) in batch { bytes += data.readableBytesView }
                }
                #expect(String(decoding: bytes, as: UTF8.self).contains("Hello, \(name)!"))
            }
            stream.reset(.cancel)
        }
    }

    @Test(
        "what is no gRPC is told so in HTTP",
        arguments: [
            ("content-type", "application/json", "415"), ("content-type", nil, "415"),
            ("content-type", "application/grpc-web", "415"), ("content-type", "application/grpc+json", "415"),
            (":method", "GET", "405"), ("content-type", "application/grpc+proto", "200"),
            ("content-type", "application/grpc; charset=utf-8", "200"), ("content-type", "Application/GRPC", "200"),
        ])
    func foreign(_ name: String, _ value: String?, _ status: String) async throws {
        try await withProbe { probe in
            let answer = try await probe.call("SayHello", [Message.naming("Ana")], [name: value])
            #expect(answer.head?.headers[":status"] == status)
            #expect(answer.isTrailersOnly == (status != "200"))
        }
    }

    @Test(
        "what cannot be served is refused in one block",
        arguments: [
            ("/helloworld.Greeter/SayGoodbye", [:], "12", "There is no method '/helloworld.Greeter/SayGoodbye'"),
            ("/x", [:], "12", "There is no method '/x'"),
            ("SayHello", ["grpc-encoding": "snappy"], "12", "There is no compression 'snappy' here"),
            ("SayHello", ["grpc-timeout": "soon"], "13", "'soon' is no grpc-timeout"),
            ("SayHello", ["grpc-timeout": "123456789S"], "13", "'123456789S' is no grpc-timeout"),
        ] as [(String, [String: String], String, String)])
    func refuses(_ path: String, _ field: [String: String], _ status: String, _ message: String) async throws {
        try await withProbe { probe in
            let (name, value) = field.first ?? ("x-nothing", "")
            let answer = try await probe.call(path, [Message.naming("Ana")], [name: value])
            #expect(answer.isTrailersOnly && answer.head?.headers[":status"] == "200")
            #expect(answer.status == status && answer.message == message)
            if name == "grpc-encoding" {
                #expect(answer.head?.headers["grpc-accept-encoding"] == "identity, deflate, gzip")
            }
        }
    }

    @Test("a message beyond ASCII is percent-encoded")
    func encodes() async throws {
        try await withProbe { probe in
            let answer = try await probe.call("/caf\u{E9}%", [])
            #expect(answer.message == "There is no method '/caf%C3%A9%25'")
        }
    }

    @Test(
        "bad requests end the call with what is wrong, after what came before them is served",
        arguments: [
            ([Message.naming("Ana"), Message.naming(" ")], "3", "Name cannot be empty"),
            ([Message.naming("Ana"), Message.framed([0x0A, 9])], "13", "a message of 2 bytes is no request"),
            ([Message.naming("Ana"), [7, 0, 0, 0, 0]], "13", "the client's message begins with 7"),
            ([Message.naming("Ana"), [0, 2, 0, 0, 0]], "8", "the client's message has 33554432 bytes"),
            ([Message.naming("Ana"), [0, 0, 0]], "13", "the client ended the call within a message"),
            ([Message.naming("Ana"), Message.framed([1], flag: 1)], "13", "without a grpc-encoding"),
        ])
    func badRequests(_ requests: [[UInt8]], _ status: String, _ message: String) async throws {
        try await withProbe { probe in
            let answer = try await probe.call("SayHelloBidiStream", requests)
            #expect(try answer.greetings == ["Hello, Ana!"])
            #expect(answer.status == status && answer.message?.contains(message) == true)
        }
    }

    @Test("no request, or two, where there must be one, are a wrong use of the method", arguments: [0, 2])
    func cardinality(_ count: Int) async throws {
        try await withProbe { probe in
            for method in ["SayHello", "SayHelloStreamReply"] {
                let answer = try await probe.call(method, Array(repeating: Message.naming("Ana"), count: count))
                #expect(answer.status == "12" && answer.isTrailersOnly)
            }
        }
    }

    @Test("a client that goes on after its call has failed is told that the rest is not needed")
    func earlyEnd() async throws {
        try await withProbe { probe in
            let stream = probe.open("SayHelloClientStream")
            try await stream.write(ByteBuffer(bytes: Message.naming(" ")))
            let answer = try await Answer(of: stream)
            #expect(answer.status == "3")
            try await probe.wait { if case .reset(.noError)? = $0.arrival?.content { true } else { false } }
        }
    }

    // MARK: Compression

    @Test("compressed requests are read, and answered alike where that can be read")
    func gzip() async throws {
        let plain = Message.text(1, "Ana")
        let packed = try plain.withUnsafeBytes { bytes in
            try Result { () throws(CallError) in try MessageCompression.gzip(bytes) }.get()
        }
        try await withProbe { probe in
            let requests = [Message.framed(packed, flag: 1), Message.framed(plain)]
            let alike = try await probe.call(
                "SayHelloBidiStream", requests, ["grpc-encoding": "gzip", "grpc-accept-encoding": "identity, gzip"])
            #expect(alike.head?.headers["grpc-encoding"] == "gzip")
            #expect(alike.bytes.first == 1)
            #expect(try alike.greetings == ["Hello, Ana!", "Hello, Ana!"])
            let unlike = try await probe.call("SayHelloBidiStream", requests, ["grpc-encoding": "gzip"])
            #expect(unlike.head?.headers["grpc-encoding"] == nil && unlike.bytes.first == 0)
            #expect(try unlike.greetings == ["Hello, Ana!", "Hello, Ana!"])
            let corrupt = try await probe.call(
                "SayHello", [Message.framed(Array(packed.dropLast(4)), flag: 1)], ["grpc-encoding": "gzip"])
            #expect(corrupt.status == "13")
            #expect(corrupt.message == "a compressed message of the client is cut short")
        }
    }
}
