import DemoServer
import Testing

@Suite("Server streams of the demo server", .timeLimit(.minutes(10)))
struct EventStreamTests {
    static let head = """
        HTTP/1.1 200 \r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-store\r\n\
        x-accel-buffering: no\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n
        """

    static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    @Test("a request is greeted three times, one event each, and the end is the end of the body")
    func streamsGreetings() async throws {
        try await withServer { server in
            let answer = try await exchange(
                "POST", "/v1/helloworld/stream", #"{"name":"Ana","language":"es"}"#, with: server)
            let events = ["¡Hola, Ana!", "¡Hola, Ana! (2 of 3)", "¡Hola, Ana! (3 of 3)"].map {
                Self.chunk(#"data: {"message": "\#($0)", "language": "es"}"# + "\r\n\r\n")
            }
            #expect(answer == Self.head + events.joined() + "0\r\n\r\n")
        }
    }

    @Test("a name without anything to greet gives an empty stream", arguments: ["", "  "])
    func greetsNobody(_ name: String) async throws {
        try await withServer { server in
            let answer = try await exchange(
                "POST", "/v1/helloworld/stream", #"{"name":"\#(name)"}"#, with: server)
            #expect(answer == Self.head + "0\r\n\r\n")
        }
    }

    @Test("a wrong type is refused before the stream")
    func refusesWrongTypes() async throws {
        try await withServer { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", #"{"name":true}"#, with: server)
            #expect(answer.hasPrefix("HTTP/1.1 422 \r\n"))
            #expect(answer.contains(#""loc":["body","name"]"#))
        }
    }

    @Test("silence is filled with comments that tell the time")
    func pings() async throws {
        let configuration = DemoServerConfiguration(thinkTime: .seconds(3600), pingInterval: .milliseconds(1))
        try await withServer(configuration) { server in
            let connection = try RawConnection(to: server.address)
            try await connection.send(
                "POST /v1/helloworld/stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
            _ = try await connection.receive(through: "\r\n\r\n")
            for _ in 1...3 {
                let comment = String(decoding: try await connection.receive(through: "\r\n\r\n\r\n"), as: UTF8.self)
                let form = /2d\r\n: ping - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00\r\n\r\n\r\n/
                #expect(comment.wholeMatch(of: form) != nil, "\(comment)")
            }
        }
    }

    @Test("greetings with time between them come one by one, and the stream ends after the last")
    func thinks() async throws {
        try await withServer(DemoServerConfiguration(greetings: 4, thinkTime: .milliseconds(5))) { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", "{}", with: server)
            #expect(answer.matches(of: #/data: /#).count == 4)
            #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    @Test("a long stream waits for its reader and loses nothing")
    func waitsForReader() async throws {
        let count = 50_000
        try await withServer(DemoServerConfiguration(greetings: count)) { server in
            let answer = try await exchange("POST", "/v1/helloworld/stream", "{}", with: server)
            let numbers = answer.matches(of: /\((\d+) of \d+\)/).map { Int($0.1) }
            #expect(numbers == Array(2...count))
            #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
        }
    }
}
