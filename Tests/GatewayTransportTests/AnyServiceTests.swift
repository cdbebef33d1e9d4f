import GatewayTransport
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@Suite("Calls of any service", .timeLimit(.minutes(10)))
struct AnyServiceTests {
    @Test("a request without a body is sent once a connection is there, and its reply is read")
    func get() async throws {
        try await withServer { peer, _ in
            for _ in 1...2 {
                let request = try await peer.readRequest()
                #expect(request.line == "GET /base/v1/shelves/s%201 HTTP/1.1")
                #expect(request.header("content-length") == nil)
                #expect(request.header("content-type") == nil)
                #expect(request.headers.allSatisfy { !$0.name.contains("departure") })
                try await peer.respond(#"{"code":0,"message":"success","data":{"name":"shelves/s 1","theme":"sea"}}"#)
            }
            try await peer.drain()
        } _: { server in
            var server = server
            server.basePath = "/base"
            let request = #"{"name":"shelves/s 1"}"#
            let call = await perform(try Library.call(try Library.method("GetShelf"), request, request), at: server)
            #expect(call.error == nil)
            #expect(call.json == Array(repeating: #"{"name":"shelves/s 1","theme":"sea"}"#, count: 2))
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 2, received: 2))
            let order = call.log.events.compactMap { event -> String? in
                switch event {
                case .sent(let messages): "sent \(messages[0].payload.json ?? "")"
                case .opened(let info): "opened \(info.route)"
                case .received: "received"
                default: nil
                }
            }
            let one = [#"sent {"name":"shelves/s 1"}"#, "opened /base/v1/shelves/s%201", "received"]
            // It is one connection.
            #expect(order == one + [one[0], one[2]])
        }
    }

    @Test("a request that finds no connection counts as none, with a body or without")
    func unreachable() async throws {
        try await withClosedPort { server in
            for (method, request) in [
                ("GetShelf", #"{"name":"shelves/s"}"#), ("MoveBook", #"{"name":"shelves/s/books/b"}"#),
            ] {
                let call = await perform(try Library.call(try Library.method(method), request), at: server)
                #expect(call.error?.origin == .connect)
                #expect(call.outcome.delivery == Delivery())
            }
        }
    }

    @Test("a part of the request is the body, and a part of the reply is all of it")
    func parts() async throws {
        try await withServer { peer, _ in
            let create = try await peer.readRequest()
            #expect(create.line == "POST /v1/shelves?shelfId=s HTTP/1.1")
            #expect(create.header("content-type") == "application/json")
            #expect(create.body == #"{"theme":"sea"}"#)
            try await peer.respond("201 Created", #"{"name":"shelves/s"}"#)
            try await peer.drain()
        } _: { server in
            let method = try Library.method("CreateShelf")
            let call = await perform(try Library.call(method, #"{"shelf":{"theme":"sea"},"shelfId":"s"}"#), at: server)
            #expect(call.json == [#"{"name":"shelves/s"}"#])
        }
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond(#"{"code":0,"message":"success","data":[{"title":"T"}]}"#)
            try await peer.drain()
        } _: { server in
            let call = await perform(
                try Library.call(try Library.method("ListBooks"), #"{"parent":"shelves/s"}"#), at: server)
            #expect(call.json == [#"{"books":[{"title":"T"}]}"#])
        }
    }

    @Test("a reply of no fields needs no body", arguments: ["200 OK", "204 No Content"])
    func nothing(status: String) async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "DELETE /v1/shelves/s/books/b HTTP/1.1")
            try await peer.write(
                "HTTP/1.1 \(status)\r\n" + (status.hasPrefix("204") ? "" : "content-length: 0\r\n") + "\r\n")
            try await peer.drain()
        } _: { server in
            let call = await perform(
                try Library.call(try Library.method("DeleteBook"), #"{"name":"shelves/s/books/b"}"#), at: server)
            #expect(call.error == nil)
            #expect(call.json == ["{}"])
        }
    }

    @Test("an answer to HEAD has no body")
    func head() async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "HEAD /v1/shelves/s HTTP/1.1")
            try await peer.write("HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n")
            try await peer.drain()
        } _: { server in
            let call = await perform(
                try Library.call(try Library.method("HeadBook"), #"{"name":"shelves/s"}"#), at: server)
            #expect(call.error == nil)
            #expect(call.json == ["{}"])
        }
    }

    @Test("events are replies of another service, too, and the request is in the query")
    func events() async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "GET /v1/shelves/s/books:watch?count=2 HTTP/1.1")
            #expect(request.header("accept") == "text/event-stream")
            try await peer.beginEvents()
            try await peer.writeChunk(
                "data: {\"sequence\": \"9007199254740993\"}\r\n\r\ndata: {\"sequence\": 2}\r\n\r\n")
            try await peer.endChunks()
            try await peer.drain()
        } _: { server in
            let method = try Library.method("WatchBooks")
            let call = await perform(try Library.call(method, #"{"parent":"shelves/s","count":2}"#), at: server)
            #expect(call.error == nil)
            #expect(call.json == [#"{"sequence":"9007199254740993"}"#, #"{"sequence":"2"}"#])
        }
    }

    @Test("a client stream of another service sends whole messages, in the style of the server")
    func clientStream() async throws {
        for (style, sent) in [
            (RouteStyle.proto, #"{"title":"a","genre":"GENRE_POEMS","isbn":"9007199254740993"}"#),
            (.gateway, #"{"title":"a","genre":2,"isbn":9007199254740993}"#),
        ] {
            try await withServer { peer, _ in
                let request = try await peer.acceptWebSocket()
                #expect(request.line == "GET /v1/books:import HTTP/1.1")
                #expect(try await peer.readRequests() == [sent, #"{"title":"b"}"#])
                try await peer.send(#"{"type":"response","data":{"imported":2}}"#, Wire.complete)
                try await peer.sendClose(1000)
                _ = try await peer.readFrame()
            } _: { server in
                let call = await perform(
                    try Library.call(
                        try Library.method("ImportBooks", style),
                        #"{"title":"a","genre":"GENRE_POEMS","isbn":"9007199254740993"}"#, #"{"title":"b"}"#),
                    at: server)
                #expect(call.error == nil)
                #expect(call.json == [#"{"imported":2}"#])
                #expect(call.outcome.result == 1)
            }
        }
    }

    @Test("a bidirectional stream of another service pairs its replies, whatever their fields are called")
    func bidirectional() async throws {
        let route = HTTPRoute("POST", "/v1/books:lookUp", body: "*")
        try await withServer { peer, _ in
            _ = try await peer.acceptWebSocket()
            for request in try await peer.readRequests() {
                try await peer.send(#"{"type":"response","data":{"name":"x","title":"\#(request.count)"}}"#)
            }
            try await peer.send(Wire.complete)
            try await peer.sendClose(1000)
            _ = try await peer.readFrame()
        } _: { server in
            let method = try Library.method("LookUp", routes: [route])
            let call = await perform(
                try Library.call(method, #"{"name":"a"}"#, #"{"name":"bb"}"#), at: server)
            #expect(call.error == nil)
            #expect(call.json == [#"{"name":"x","title":"12"}"#, #"{"name":"x","title":"13"}"#])
            #expect(call.outcome.delivery == Delivery(sent: 2, answered: 2, received: 2))
        }
    }

    @Test("a message without a definition travels as it is")
    func undefined() async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "POST /v1/orders HTTP/1.1")
            #expect(request.body == #"{ "total_cents": 9007199254740993 }"#)
            try await peer.respond(#"{"code":0,"message":"success","data":{"order_id": "o", "n": 9007199254740993}}"#)
            try await peer.drain()
        } _: { server in
            let method = MethodSchema(
                MethodRef(service: "shop.v1.Shop", name: "Order", kind: .unary),
                input: UndefinedMessageCodec("shop.v1.Order"), output: UndefinedMessageCodec("shop.v1.Reply"),
                routes: [HTTPRoute("POST", "/v1/orders", body: "*")], routeStyle: .proto)
            let call = await perform(try Library.call(method, #"{ "total_cents": 9007199254740993 }"#), at: server)
            #expect(call.error == nil)
            #expect(call.json == [#"{"order_id": "o", "n": 9007199254740993}"#])
        }
    }

    // MARK: Refusals

    @Test("what has no route, or a request that does not fit it, is refused before anything is sent")
    func refusedHere() async throws {
        try await withServer { _, _ in
            Issue.record("there is a connection")
        } _: { server in
            let lookUp = await perform(try Library.call(try Library.method("LookUp"), #"{"name":"a"}"#), at: server)
            #expect(lookUp.error?.code == .unimplemented)
            #expect(lookUp.error?.cause == "demo.v1.Library/LookUp has no route over a gateway")
            #expect(lookUp.error?.advice?.contains("--services") == true)

            let empty = await perform(try Library.call(try Library.method("GetShelf"), "{}"), at: server)
            #expect(empty.error?.code == .invalidArgument)
            #expect(empty.error?.origin == .plan)
            #expect(empty.error?.cause == "name is empty, and the route has it in its path")
            #expect(empty.outcome.delivery == Delivery())

            let stream = try Library.method("ImportBooks", routes: [HTTPRoute("POST", "/v1/{title}", body: "*")])
            let opened = await perform(try Library.call(stream, "{}"), at: server)
            #expect(opened.error?.cause.contains("a stream of requests is opened before there is one") == true)

            let verb = try Library.method("GetShelf", routes: [HTTPRoute("GET /x HTTP/1.1\r\nX:", "/v1", body: nil)])
            let smuggled = await perform(try Library.call(verb, "{}"), at: server)
            #expect(smuggled.error?.cause.contains("is no method of HTTP") == true)
        }
    }

    @Test(
        "how the known gateway refuses is explained",
        arguments: [
            (
                "422 ",
                #"{"detail":[{"type":"enum","loc":["body","size"],"msg":"Input should be 0, 1 or 2","input":"SIZE_SMALL"}]}"#,
                "the gateway takes enums by number"
            ),
            (
                "422 ",
                #"{"detail":[{"type":"enum","loc":["query","size"],"msg":"Input should be 0, 1 or 2","input":"2"}]}"#,
                "this gateway takes no enum in a query"
            ),
            (
                "422 ",
                #"{"detail":[{"type":"list_type","loc":["query","tags"],"msg":"Input should be a valid list","input":""}]}"#,
                "this gateway wants a value for each repeated field in a query"
            ),
            ("500 ", "Internal Server Error", "the gateway answers so whatever status the service gives"),
            (
                "500 ", #"{"detail":"object async_generator can't be used in 'await' expression"}"#,
                "this route is for a WebSocket"
            ),
            ("404 Not Found", #"{"detail":"Not Found"}"#, "this gateway takes a pattern in a route as it is written"),
            ("405 ", #"{"detail":"Method Not Allowed"}"#, "check the route"),
        ])
    func hints(status: String, body: String, advice: String) async throws {
        try await withServer { peer, _ in
            let request = try await peer.readRequest()
            #expect(request.line == "POST /v1/%7Bname=shelves/*%7D/first HTTP/1.1")
            try await peer.respond(status, body)
            try await peer.drain()
        } _: { server in
            let method = try Library.method(
                "GetBook", .gateway, routes: [HTTPRoute("POST", "/v1/{name=shelves/*}/first", body: "*")])
            let call = await perform(try Library.call(method, #"{"name":"shelves/1"}"#), at: server)
            #expect(call.error?.advice?.contains(advice) == true, "\(call.error?.advice ?? "none")")
            #expect(call.outcome.delivery.sent == 1)
        }
    }

    @Test("that a gateway cannot write a message is explained, over SSE and over a WebSocket")
    func unwritable() async throws {
        let text = "Object of type bytes is not JSON serializable"
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.beginEvents()
            try await peer.writeChunk(
                "data: event: error\r\ndata: data: {\"error\": \"\(text)\"}\r\ndata: \r\ndata: \r\n\r\n")
            try await peer.endChunks()
            try await peer.drain()
        } _: { server in
            let method = try Library.method("WatchBooks", .gateway, routes: [HTTPRoute("POST", "/v1/watch", body: "*")])
            let call = await perform(try Library.call(method, "{}"), at: server)
            #expect(call.error?.cause.contains(text) == true)
            #expect(call.error?.advice?.contains("call the method over gRPC") == true)
        }
        try await withServer { peer, _ in
            _ = try await peer.acceptWebSocket()
            _ = try await peer.readFrame()
            try await peer.send(Wire.error(text))
            try await peer.sendClose(1000)
            _ = try await peer.readFrame()
        } _: { server in
            let method = try Library.method("LookUp", .gateway, routes: [HTTPRoute("POST", "/v1/lookUp", body: "*")])
            let call = await perform(try Library.call(method, "{}"), at: server)
            #expect(call.error?.advice?.contains("call the method over gRPC") == true)
        }
    }

    @Test("a name that the known gateway would pass over is told of")
    func camelCase() async throws {
        try await withServer { peer, _ in
            _ = try await peer.readRequest()
            try await peer.respond("{}")
            try await peer.drain()
        } _: { server in
            let method = MethodSchema(
                MethodRef(service: "shop.v1.Shop", name: "Order", kind: .unary),
                input: UndefinedMessageCodec("shop.v1.Order"), output: UndefinedMessageCodec("shop.v1.Reply"),
                routes: [HTTPRoute("POST", "/v1/orders", body: "*")], routeStyle: .gateway)
            let call = await perform(try Library.call(method, #"{"articleId":"x","count":1}"#), at: server)
            #expect(
                call.log.notices == [
                    #"the gateway knows fields by their original names only: "articleId" may be passed over"#
                ])
        }
    }

    // MARK: services.json

    @Test("a document is fetched, and one that is missing is none")
    func document() async throws {
        try await withServer { peer, index in
            let request = try await peer.readRequest()
            #expect(request.line == "GET /services.json HTTP/1.1")
            switch index {
            case 0: try await peer.respond("200 OK", "{}", headers: ["connection: close"])
            case 1: try await peer.respond("404 Not Found", "{}", headers: ["connection: close"])
            case 2: try await peer.respond("401 Unauthorized", "{}", headers: ["connection: close"])
            default:
                try await peer.respond("200 OK", String(repeating: " ", count: 101), headers: ["connection: close"])
            }
        } _: { server in
            let transport = GatewayTransport(server: server, configuration: configuration())
            func fetch() async throws -> [UInt8]? {
                try await transport.document(at: "/services.json", limit: 100, deadline: .seconds(100))
            }
            let (there, missing) = (try await fetch(), try await fetch())
            #expect(there == Array("{}".utf8))
            #expect(missing == nil)
            let refused = await #expect(throws: CallError.self) { try await fetch() }
            #expect(refused?.code == .unauthenticated)
            let tooLong = await #expect(throws: CallError.self) { try await fetch() }
            #expect(tooLong?.code == .resourceExhausted)
            await transport.shutdown()
        }
    }
}
