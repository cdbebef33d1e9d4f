import ProtobufSchema
import RPCCore
import Testing

@testable import SchemaSources

@Suite("services.json")
struct GatewayServicesTests {
    @Test("a method has its names, kind, messages and routes")
    func reads() throws {
        let services = try GatewayServices(
            Array(
                """
                {"Library": {"GetBook": {"input_type": ".demo.v1.In", "output_type": ".demo.v1.Book",
                  "streaming_type": "unary", "method_full_name": "/demo.v1.Library/GetBook", "client_streaming": false,
                  "http": {"method": "get", "path": "/v1/{id=shelves/*}", "response_body": "title",
                    "additional_bindings": [{"method": "POST", "path": "/v1/books:get", "body": "*"}]}},
                 "Import": {"input_type": ".demo.v1.In", "output_type": ".demo.v1.Out",
                  "streaming_type": "client_streaming", "method_full_name": "/demo.v1.Library/Import"}}}
                """.utf8))
        #expect(services.notes.isEmpty)
        #expect(
            services.methods == [
                GatewayMethod(
                    service: "demo.v1.Library", method: "GetBook", kind: .unary, input: "demo.v1.In",
                    output: "demo.v1.Book",
                    routes: [
                        .init("GET", "/v1/{id=shelves/*}", responseBody: "title"),
                        .init("POST", "/v1/books:get", body: "*"),
                    ]),
                GatewayMethod(
                    service: "demo.v1.Library", method: "Import", kind: .clientStream, input: "demo.v1.In",
                    output: "demo.v1.Out"),
            ])
        #expect(services.methods[0].fullName == "demo.v1.Library/GetBook")
    }

    @Test(
        "the four kinds are known",
        arguments: zip(
            ["unary", "server_streaming", "client_streaming", "bidirectional_streaming"],
            [CallKind.unary, .serverStream, .clientStream, .bidirectional]))
    func kinds(name: String, kind: CallKind) throws {
        #expect(try route(#""streaming_type": "\#(name)""#).kind == kind)
    }

    @Test(
        "a service without a package has its method without a slash before it, and one without a name is as it is listed"
    )
    func names() throws {
        #expect(try route(#""method_full_name": "Svc/M""#).fullName == "Svc/M")
        #expect(try route(#""method_full_name": "/Svc/M""#).fullName == "Svc/M")
        #expect(try route(#""output_type": "T""#).fullName == "Short/Do")
    }

    @Test("a route is taken from the annotation where there is none of the gateway's")
    func annotation() throws {
        let route = try route(
            """
            "options": {"[google.api.http]": {"patch": "/v1/x", "body": "item", "responseBody": "y", "additionalBindings":
              [{"custom": {"kind": "HEAD", "path": "/v1/z"}}, {"post": ""}, {}]}}
            """)
        #expect(
            route.routes == [
                .init("PATCH", "/v1/x", body: "item", responseBody: "y"), .init("HEAD", "/v1/z"), .init("POST", ""),
            ])
    }

    @Test("what is wrong of one method costs no other")
    func tolerant() throws {
        let services = try GatewayServices(
            Array(#"{"A": [], "B": {"X": 1, "Y": {"streaming_type": "both"}, "Z": {"http": {"path": 3}}}}"#.utf8))
        #expect(services.methods.map(\.fullName) == ["B/Z"])
        #expect(services.methods[0].routes.isEmpty)
        #expect(
            services.notes == [
                "services.json: A is no object of methods", "services.json: B.X is no object",
                "services.json: B.Y has a streaming_type that is none of the four",
            ])
    }

    @Test("what is no such file is refused", arguments: ["", "[]", "{", #"{"A": 1}"#, "{} x"])
    func refuses(text: String) {
        let error = #expect(throws: SchemaError.self) { try GatewayServices(Array(text.utf8), named: "s.json") }
        #expect(error?.message.hasPrefix("s.json: ") == true)
    }

    private func route(_ members: String) throws -> GatewayMethod {
        let services = try GatewayServices(Array(#"{"Short": {"Do": {\#(members)}}}"#.utf8))
        return try #require(services.methods.first)
    }
}
