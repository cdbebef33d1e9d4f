import ProtobufSchema
import RPCCore
import TestSupport
import Testing

@testable import GatewayTransport

@Suite("Routes")
struct RouteTests {
    @Test(
        "a variable is encoded by segments, and what RFC 3986 leaves free stays",
        arguments: [
            ("/v1/{name}", "a b/c%ü-._~", "/v1/a%20b%2Fc%25%C3%BC-._~"),
            ("/v1/{name=*}", "a/b", "/v1/a%2Fb"),
            ("/v1/{name=shelves/*}", "shelves/a:b", "/v1/shelves/a%3Ab"),
            ("/v1/{name=shelves/*/books/*}:move", "shelves/1/books/2", "/v1/shelves/1/books/2:move"),
            ("/v1/{name=**}", "a/b c/d", "/v1/a/b%20c/d"),
            ("/v1/{name=shelves/**}", "shelves/x/y", "/v1/shelves/x/y"),
            ("/v1/{name=shelves/**}", "shelves", "/v1/shelves"),
            ("/{book.name}/x", "n", "/n/x"),
        ])
    func expands(route: String, value: String, path: String) throws {
        #expect(try RouteTemplate(route).expanded { _ in value } == path)
    }

    @Test(
        "a value that is empty, does not match or would lead elsewhere is refused",
        arguments: [
            ("/v1/{name}", "", "name is empty"), ("/v1/{name=**}", "", "name is empty"),
            ("/v1/{name=shelves/*}", "shelf/1", "the route wants it as {name=shelves/*}"),
            ("/v1/{name=shelves/*}", "shelves/1/2", "the route wants it as"),
            ("/v1/{name=shelves/*}", "shelves/", "the route wants it as"),
            ("/v1/{name=shelves/*}", "shelves", "the route wants it as"),
            ("/v1/{name=shelves/*/**}", "shelves", "the route wants it as"),
            ("/v1/{name=a/**}", "a//b", "the route wants it as"),
            ("/v1/{name}", "..", "cannot be segments of a path"),
            ("/v1/{name=shelves/*}", "shelves/.", "cannot be segments of a path"),
            ("/v1/{name=**}", "a/../b", "cannot be segments of a path"),
        ])
    func refusesValues(route: String, value: String, reason: String) throws {
        let template = try RouteTemplate(route)
        let problem = #expect(throws: RouteProblem.self) { try template.expanded { _ in value } }
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
    }

    @Test(
        "a route that is none is refused",
        arguments: [
            "v1", "", "/v1/{name", "/v1/{}", "/v1/{1a}", "/v1/{a..b}", "/v1/{a=}", "/v1/{a=**/b}", "/v1/{a=b//c}",
            "/v1/*/b", "/v1/a}", "/v1/ä", "/v1/a b", "/v1/\r\nX: y",
        ])
    func refusesRoutes(route: String) {
        #expect(throws: RouteProblem.self) { try RouteTemplate(route) }
    }

    /// What a server does: takes a path apart by a regular expression, and decodes what is between the slashes.
    private func match(_ path: String, _ template: RouteTemplate) throws -> [String: String]? {
        var pattern = ""
        for part in template.parts {
            switch part {
            case .literal(let text): pattern += text.replacing(".", with: "\\.")
            case .variable(let variable):
                let segments = variable.pattern.map { segment in
                    switch segment {
                    case .literal(let text): text.replacing(".", with: "\\.")
                    case .any: "[^/]+"
                    case .rest: ".+"
                    }
                }
                pattern += "(" + segments.joined(separator: "/") + ")"
            }
        }
        guard let match = try Regex(pattern).wholeMatch(in: path) else { return nil }
        var values: [String: String] = [:]
        for (index, variable) in template.variables.enumerated() {
            let text = String(try #require(match.output[index + 1].substring))
            values[variable.field] = text.removingPercentEncoding
        }
        return values
    }

    @Test("what is put into a path comes out of it again, whatever it is")
    func property() throws {
        var random = SeededGenerator(seed: 15)
        let alphabet = Array("ab1 /%?#&=+:;@!*'()[]{}|\\\"^`<>~._-äß漢🎉\u{1}\n")
        func segment() -> String {
            let text = String(
                (0..<Int.random(in: 1...5, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
            return text == "." || text == ".." ? "x" : text
        }
        for _ in 0..<2_000 {
            var (route, values): (String, [String: String]) = ("", [:])
            for index in 0..<Int.random(in: 1...3, using: &random) {
                let field = "f\(index)"
                switch Int.random(in: 0...3, using: &random) {
                case 0:
                    route += "/x/{\(field)}"
                    values[field] = segment()
                case 1:
                    route += "/{\(field)=shelves/*/books/*}"
                    values[field] = "shelves/\(plain(segment()))/books/\(plain(segment()))"
                case 2:
                    route += "/y/{\(field)=*}"
                    values[field] = segment()
                default:
                    route += "/{\(field)=a.b/*}"
                    values[field] = "a.b/\(plain(segment()))"
                }
            }
            if Bool.random(using: &random) { route += ":verb" }
            let template = try RouteTemplate(route)
            let path = try template.expanded { values[$0.field] ?? "" }
            #expect(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(try match(path, template) == values, "\(route) \(path)")
        }
    }

    /// A segment of several that stands for itself: without a slash.
    private func plain(_ text: String) -> String { text.replacing("/", with: "-") }

    // MARK: Requests

    private func request(_ method: MethodSchema, _ json: String) throws -> RoutedRequest {
        let call = try Library.call(method, json)
        let route = try CallRoute(of: call, own: nil, GatewayRoutes())
        let codec = method.input.writing(for: method.routeStyle)
        let given = try #require(method.input as? DynamicMessageCodec)
        let message = try #require(
            try DynamicMessage.sequence(given.descriptor, json: Array(json.utf8), in: given.schema).first)
        return try route.request(of: MessageEncoder(codec, .json).payload(given.value(of: message)))
    }

    private func line(_ request: RoutedRequest) -> String {
        "\(request.method) \(request.target)" + (request.body.map { " \(String(decoding: $0, as: UTF8.self))" } ?? "")
    }

    @Test(
        "by the book each part of a request goes where its route says",
        arguments: [
            (
                "CreateShelf", #"{"shelf":{"theme":"sea"},"shelfId":"s 1"}"#,
                #"POST /v1/shelves?shelfId=s%201 {"theme":"sea"}"#
            ),
            ("CreateShelf", #"{"shelfId":"s"}"#, "POST /v1/shelves?shelfId=s"),
            ("GetShelf", #"{"name":"shelves/ü"}"#, "GET /v1/shelves/%C3%BC"),
            (
                "CreateBook", #"{"parent":"shelves/s","book":{"title":"T","isbn":"9007199254740993"},"bookId":"b"}"#,
                #"POST /v1/shelves/s/books?bookId=b {"title":"T","isbn":"9007199254740993"}"#
            ),
            (
                "CreateBook", #"{"parent":"s","book":{"title":"T"},"validateOnly":true}"#,
                #"POST /v1/books {"parent":"s","book":{"title":"T"},"validateOnly":true}"#
            ),
            ("GetBook", #"{"name":"shelves/s/books/b"}"#, "GET /v1/shelves/s/books/b"),
            ("GetBook", #"{"name":"42"}"#, "GET /v1/books/42"),
            (
                "ListBooks",
                #"{"parent":"shelves/s","pageSize":5,"filter":{"genre":"GENRE_POEMS","since":"2026-01-01T00:00:00Z"},"orderBy":["a&b","c=d"]}"#,
                "GET /v1/shelves/s/books?pageSize=5&filter.genre=GENRE_POEMS&filter.since=2026-01-01T00%3A00%3A00Z"
                    + "&orderBy=a%26b&orderBy=c%3Dd"
            ),
            (
                "UpdateBook", #"{"book":{"name":"shelves/s/books/b","title":"New"},"updateMask":"title,lentTo"}"#,
                #"PATCH /v1/shelves/s/books/b?updateMask=title%2ClentTo {"title":"New"}"#
            ),
            ("DeleteBook", #"{"name":"shelves/s/books/b"}"#, "DELETE /v1/shelves/s/books/b"),
            (
                "MoveBook", #"{"name":"shelves/s/books/b","otherShelfName":"shelves/t"}"#,
                #"POST /v1/shelves/s/books/b:move {"otherShelfName":"shelves/t"}"#
            ),
            ("HeadBook", #"{"name":"shelves/s/x/y"}"#, "HEAD /v1/shelves/s/x/y"),
        ])
    func byTheBook(name: String, json: String, expected: String) throws {
        #expect(line(try request(try Library.method(name), json)) == expected)
    }

    @Test(
        "for the known gateway the whole request is in any body, and otherwise in a flat query; names are the original ones, enums numbers",
        arguments: [
            (
                HTTPRoute("PUT", "/v1/books/{parent}", body: "book"),
                #"{"parent":"p","book":{"genre":"GENRE_POEMS","isbn":"9007199254740993","lentTo":"a"},"bookId":"b"}"#,
                #"PUT /v1/books/p {"parent":"p","book":{"genre":2,"isbn":9007199254740993,"lent_to":"a"},"book_id":"b"}"#
            ),
            (
                HTTPRoute("POST", "/v1/{parent=shelves/*}/books", body: "*"), #"{"parent":"shelves/s","bookId":"b"}"#,
                #"POST /v1/%7Bparent=shelves/*%7D/books {"parent":"shelves/s","book_id":"b"}"#
            ),
            (
                HTTPRoute("GET", "/v1/books/{book_id}"), #"{"parent":"a b","bookId":"b","validateOnly":true}"#,
                "GET /v1/books/b?parent=a%20b&book_id=b&validate_only=true"
            ),
        ])
    func asTheGatewayDoesIt(route: HTTPRoute, json: String, expected: String) throws {
        #expect(line(try request(try Library.method("CreateBook", .gateway, routes: [route]), json)) == expected)
    }

    @Test(
        "what a route cannot carry is refused with the field that it is about",
        arguments: [
            ("GetShelf", RouteStyle.proto, nil, "{}", "name is empty, and the route has it in its path"),
            ("GetShelf", .proto, nil, #"{"name":"shelf/1"}"#, "the route wants it as {name=shelves/*}"),
            // The reason is that of the usual route.
            ("GetBook", .proto, nil, "{}", "name is empty"),
            (
                "CreateBook", .proto, HTTPRoute("GET", "/v1/books"), #"{"book":{"labels":{"a":"b"}}}"#,
                "book.labels is a map, which no query can hold"
            ),
            (
                "CreateBook", .proto, HTTPRoute("GET", "/v1/{book}"), #"{"book":{"title":"a"}}"#,
                "book is no single value, and the route has it in its path"
            ),
            (
                "CreateBook", .gateway, HTTPRoute("GET", "/v1/books"), #"{"book":{"title":"a"}}"#,
                "book is a message, which this gateway does not take from a query"
            ),
            ("CreateBook", .gateway, HTTPRoute("POST", "/v1/{parent}", body: "*"), "{}", "parent is empty"),
            (
                "CreateBook", .gateway, HTTPRoute("POST", "/v1/{parent}", body: "*"), #"{"parent":"shelves/1"}"#,
                "this gateway matches no / in {parent}"
            ),
        ] as [(String, RouteStyle, HTTPRoute?, String, String)])
    func refuses(name: String, style: RouteStyle, route: HTTPRoute?, json: String, reason: String) throws {
        let method = try Library.method(name, style, routes: route.map { [$0] })
        let error = #expect(throws: CallError.self) { try request(method, json) }
        #expect(error?.cause.contains(reason) == true, "\(error?.cause ?? "")")
        #expect(error?.origin == .plan)
    }

    @Test(
        "a stream's path takes nothing from a request",
        arguments: [
            (RouteStyle.proto, "/v1/books:import", "/v1/books:import"), (.proto, "/v1/{title}", nil),
            (.gateway, "/v1/{title}/{title=a/*}", "/v1/-/%7Btitle=a/*%7D"),
        ] as [(RouteStyle, String, String?)])
    func streams(style: RouteStyle, path: String, expected: String?) throws {
        let method = try Library.method("ImportBooks", style, routes: [HTTPRoute("POST", path, body: "*")])
        let route = try CallRoute(of: try Library.call(method, "{}"), own: nil, GatewayRoutes())
        #expect((try? route.pathOfStream()) == expected)
    }

    @Test(
        "numbers and texts pass a tree as they stand",
        arguments: [
            #"{"a":9007199254740993,"b":[1.50,-0,1e400],"c":"\ud83c\udf89","d":{"":null},"e":[],"f":{}}"#
        ])
    func tree(json: String) throws {
        let tree = try Array(json.utf8).withUnsafeBytes { try JSONTree($0) }
        #expect(String(decoding: tree.bytes, as: UTF8.self) == json)
        #expect(tree.members[2].value.scalar == "🎉")
    }
}
