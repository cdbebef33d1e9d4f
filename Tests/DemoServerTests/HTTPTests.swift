import DemoServer
import Testing

@Suite("HTTP routes of the demo server", .timeLimit(.minutes(10)))
struct HTTPTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var method = "POST"
        var path = "/v1/helloworld"
        var body = ""
        var status: Int
        var headers = ""
        var answer: String

        var testDescription: String { "\(method) \(path) \(body) → \(status)" }
    }

    static let json = "content-type: application/json\r\n"

    static func success(_ data: String) -> String { #"{"code":0,"message":"success","data":\#(data)}"# }

    static func invalid(_ issue: String) -> String { #"{"detail":[\#(issue)]}"# }

    static let cases = [
        Case(
            method: "GET", path: "/health", status: 200, headers: json,
            answer: success(#"{"healthy":true,"message":"Service is healthy"}"#)),
        Case(
            body: #"{"name":"Ana"}"#, status: 200, headers: json,
            answer: success(#"{"message":"Hello, Ana!","language":"en"}"#)),
        Case(
            body: #" { "language" : "ja" , "name" : "Ana" } "#, status: 200, headers: json,
            answer: success(#"{"message":"こんにちは、Anaさん！","language":"ja"}"#)),
        Case(
            body: "{}", status: 200, headers: json,
            answer: success(#"{"message":"Hello, John Doe!","language":"en"}"#)),
        Case(
            body: #"{"name":"Ana","language":null,"age":7}"#, status: 200, headers: json,
            answer: success(#"{"message":"Hello, Ana!","language":"en"}"#)),
        Case(
            body: #"{"name":"A\n\u0007\"\\é"}"#, status: 200, headers: json,
            answer: success(#"{"message":"Hello, A\n\u0007\"\\é!","language":"en"}"#)),
        Case(
            path: "/v1/helloworld?x=1", body: #"{"name":"Ana"}"#, status: 200, headers: json,
            answer: success(#"{"message":"Hello, Ana!","language":"en"}"#)),
        Case(
            body: #"{"name":""}"#, status: 400, headers: "grpc-message: Name cannot be empty\r\n" + json,
            answer: success("null")),
        Case(
            body: #"{"name":" \t"}"#, status: 400, headers: "grpc-message: Name cannot be empty\r\n" + json,
            answer: success("null")),
        Case(
            body: #"{"name":5}"#, status: 422, headers: json,
            answer: invalid(
                #"{"type":"string_type","loc":["body","name"],"msg":"Input should be a valid string","input":5}"#)),
        Case(
            body: #"{"name":null,"language":["en"]}"#, status: 422, headers: json,
            answer: invalid(
                #"{"type":"string_type","loc":["body","name"],"msg":"Input should be a valid string","input":null},"#
                    + #"{"type":"string_type","loc":["body","language"],"#
                    + #""msg":"Input should be a valid string","input":["en"]}"#)),
        Case(
            body: "", status: 422, headers: json,
            answer: invalid(#"{"type":"missing","loc":["body"],"msg":"Field required","input":null}"#)),
        Case(
            body: "[1]", status: 422, headers: json,
            answer: invalid(
                #"{"type":"model_attributes_type","loc":["body"],"#
                    + #""msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}"#)),
        Case(
            method: "GET", status: 405, headers: "allow: POST\r\n" + json, answer: #"{"detail":"Method Not Allowed"}"#),
        Case(
            method: "DELETE", path: "/health", status: 405, headers: "allow: GET\r\n" + json,
            answer: #"{"detail":"Method Not Allowed"}"#),
        Case(path: "/v2/helloworld", body: "{}", status: 404, headers: json, answer: #"{"detail":"Not Found"}"#),
        Case(
            path: "/v1/helloworld/?a=b", body: "{}", status: 307,
            headers: "location: http://greeter.test/v1/helloworld?a=b\r\n", answer: ""),
    ]

    @Test("each request is answered as the observed gateway answers it, byte for byte", arguments: cases)
    func answers(_ test: Case) async throws {
        try await withServer { server in
            let answer = try await exchange(test.method, test.path, test.body, with: server)
            #expect(
                answer == """
                    HTTP/1.1 \(test.status) \r\n\(test.headers)content-length: \(test.answer.utf8.count)\r\n\
                    connection: close\r\n\r\n\(test.answer)
                    """)
        }
    }

    @Test(
        "what is no JSON is refused with place, message and the parser's reason",
        arguments: ["{bad", "nonsense", #"{"name":"\#u{1}"}"#, #"{"name":"A"}}"#])
    func refusesWhatIsNoJSON(_ body: String) async throws {
        try await withServer { server in
            let answer = try await exchange("POST", "/v1/helloworld", body, with: server)
            #expect(answer.hasPrefix("HTTP/1.1 422 \r\n"))
            #expect(answer.contains(#"{"detail":[{"type":"json_invalid","loc":["body""#))
            #expect(answer.contains(#""msg":"JSON decode error","input":{},"ctx":{"error":""#))
        }
    }

    @Test("a connection that waits too long for a request is closed")
    func closesIdleConnections() async throws {
        let server = try await DemoServer.start(DemoServerConfiguration(idleTimeout: .milliseconds(10)))
        let connection = try RawConnection(to: server.address)
        #expect(try await connection.receiveAll().isEmpty)
        await server.stop()
    }

    @Test("a connection is kept for the next request")
    func keepsConnections() async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            let body = #"{"code":0,"message":"success","data":{"healthy":true,"message":"Service is healthy"}}"#
            let answer =
                "HTTP/1.1 200 \r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
            for _ in 1...3 {
                try await connection.send("GET /health HTTP/1.1\r\nHost: greeter.test\r\n\r\n")
                #expect(try await connection.receive(answer.utf8.count) == Array(answer.utf8))
            }
        }
    }

    @Test("requests sent ahead are answered in order")
    func answersPipelinedRequests() async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            func request(_ name: String, _ more: String = "") -> String {
                let body = #"{"name":"\#(name)"}"#
                return "POST /v1/helloworld HTTP/1.1\r\nHost: h\r\n\(more)Content-Length: \(body.count)\r\n\r\n\(body)"
            }
            try await connection.send(request("A") + request("B") + request("C", "Connection: close\r\n"))
            let answers = String(decoding: try await connection.receiveAll(), as: UTF8.self)
            let greetings = answers.matches(of: /Hello, (.)!/).map { String($0.1) }
            #expect(greetings == ["A", "B", "C"])
        }
    }

    @Test("a body over 16 MiB is refused")
    func refusesLongBodies() async throws {
        try await withServer { server in
            let connection = try RawConnection(to: server.address)
            let length = 16 * 1024 * 1024 + 1
            try await connection.send(
                "POST /v1/helloworld HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: \(length)\r\n\r\n")
            try await connection.send([UInt8](repeating: 0x20, count: length))
            let answer = String(decoding: try await connection.receiveAll(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 413 \r\n"))
        }
    }
}
