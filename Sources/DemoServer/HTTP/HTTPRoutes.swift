import NIOCore
import NIOHTTP1
import RPCCore

/// What the gateway answers to one HTTP request.
enum HTTPAnswer {
    case whole(HTTPReply)
    /// The reply of the service to a unary call.
    case reply(HTTPReply)
    /// Greetings of this request as server-sent events.
    case greetings(HelloRequest)
    /// What a service says by itself, as server-sent events.
    case events(EventSource)
    /// Silence, for as long as the client waits.
    case nothing
}

/// A complete response.
struct HTTPReply {
    var status: Int
    var headers: [(String, String)]
    var body: [UInt8]

    init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response of JSON.
    init(status: Int = 200, headers: [(String, String)] = [], json: JSONText) {
        self.init(
            status: status, headers: headers + [("content-type", "application/json")], body: json.bytes)
    }

    /// A refusal by the gateway itself: `{"detail":"Not Found"}`.
    init(status: Int, headers: [(String, String)] = [], detail: String) {
        var json = JSONText()
        json.object { $0.field("detail", detail) }
        self.init(status: status, headers: headers, json: json)
    }
}

/// The routes of the gateway.
enum HTTPRoutes {
    /// The longest request body that is taken, in bytes.
    static let bodyLimit = 16 * 1024 * 1024

    static func answer(_ head: HTTPRequestHead, body: ByteBuffer) -> HTTPAnswer {
        let path = String(head.uri.prefix { $0 != "?" })
        if let reply = refusedUpgrade(head, path: path) { return .whole(reply) }
        switch route(path) {
        case nil: return .whole(redirect(head, path: path) ?? HTTPReply(status: 404, detail: "Not Found"))
        case let method? where method != head.method:
            return .whole(HTTPReply(status: 405, headers: [("allow", method.rawValue)], detail: "Method Not Allowed"))
        default: return answer(head.uri, at: path, body: body)
        }
    }

    private static func route(_ path: String) -> HTTPMethod? {
        switch path {
        case "/health", ServicesFile.path: return .GET
        case "/v1/helloworld", "/v1/helloworld/stream": return .POST
        default:
            let route = GatewayRoute.at(path)
            return route?.method.kind.streamsRequests == true ? nil : route?.verb
        }
    }

    /// - Parameter path: One that has a route.
    private static func answer(_ uri: String, at path: String, body: ByteBuffer) -> HTTPAnswer {
        switch path {
        case "/health":
            return .whole(HTTPReply { $0.append(raw: "{\"healthy\":true,\"message\":\"Service is healthy\"}") })
        case ServicesFile.path:
            let headers = [("content-type", "application/json")]
            return .whole(HTTPReply(status: 200, headers: headers, body: ServicesFile.json))
        case "/v1/helloworld": return greet(streamsReplies: false, body: body)
        case "/v1/helloworld/stream": return greet(streamsReplies: true, body: body)
        default:
            return body.withUnsafeReadableBytes { body in GatewayRoute.at(path)?.answer(uri, body: body) }
                ?? .whole(HTTPReply(status: 404, detail: "Not Found"))
        }
    }

    /// A handshake that the upgrade did not take: the route is unknown, or the handshake is not one of RFC 6455.
    private static func refusedUpgrade(_ head: HTTPRequestHead, path: String) -> HTTPReply? {
        let isUpgrade = head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
        guard isUpgrade else { return nil }
        return HTTPReply(status: StreamRoute.isOne(path) ? 400 : 403)
    }

    /// A path with a slash too many is sent on to the one without.
    private static func redirect(_ head: HTTPRequestHead, path: String) -> HTTPReply? {
        guard path.hasSuffix("/"), route(String(path.dropLast())) != nil else { return nil }
        let origin = head.headers.first(name: "host").map { "http://\($0)" } ?? ""
        let query = head.uri.dropFirst(path.count)
        return HTTPReply(status: 307, headers: [("location", origin + path.dropLast() + query)])
    }

    private static func greet(streamsReplies: Bool, body: ByteBuffer) -> HTTPAnswer {
        switch body.withUnsafeReadableBytes({ RequestReading($0) }) {
        case .request(let request) where streamsReplies: return .greetings(request)
        case .request(let request) where request.hasBlankName:
            return .whole(
                HTTPReply(status: 400, headers: [("grpc-message", Greeting.emptyName)]) { $0.append(raw: "null") })
        case .request(let request):
            return .reply(HTTPReply { $0.append(Greeting.reply(to: request)) })
        case .issues(let issues):
            return .whole(HTTPReply(invalid: issues))
        case .endOfStream:
            preconditionFailure("a reading that was not told of the marker cannot find it")
        }
    }
}

extension HTTPReply {
    /// What a service says, in the envelope.
    init(status: Int = 200, headers: [(String, String)] = [], data: (inout JSONText) -> Void) {
        var json = JSONText()
        json.append(raw: "{\"code\":0,\"message\":\"success\",\"data\":")
        data(&json)
        json.append(raw: "}")
        self.init(status: status, headers: headers, json: json)
    }

    /// The refusal of a request that is not as it must be.
    init(invalid issues: [ValidationIssue]) {
        self.init(status: 422, json: Self.detail(of: issues))
    }

    /// `{"detail":[{"type":…,"loc":[…],"msg":…,"input":…}]}`, and `ctx` for what is no JSON at all.
    private static func detail(of issues: [ValidationIssue]) -> JSONText {
        var json = JSONText()
        json.object { json in
            json.list("detail", issues) { json, issue in
                let position = issue.parserError?.position.map { [String($0)] } ?? []
                json.object { json in
                    json.field("type", issue.type)
                    json.list("loc", (issue.location + position).enumerated()) { json, key in
                        key.offset < issue.location.count
                            ? json.append(key.element) : json.append(raw: key.element)
                    }
                    json.field("msg", issue.message)
                    json.number("input", issue.input)
                    guard let text = issue.parserError?.text else { return }
                    json.begin("ctx")
                    json.object { $0.field("error", text) }
                }
            }
        }
        return json
    }
}
