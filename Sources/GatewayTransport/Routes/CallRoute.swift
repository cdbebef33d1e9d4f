import RPCCore
import TransportSupport

/// The ways in which the requests of a call can be sent.
struct CallRoute: Sendable {
    /// The path as it is written, for those who are told where a call goes.
    let text: String
    private let ways: [Way]
    private let input: any MessageCodec

    /// One way to send a request.
    private enum Way: Sendable {
        /// The whole request as the body, to a path that stands for itself.
        case fixed(method: String, path: String)
        case template(HTTPRoute, RouteTemplate)
        case gateway(HTTPRoute, GatewayPath)
    }

    /// - Parameter own: The path that is asked for in place of the method's.
    /// - Throws: ``CallError`` where the method has no route, or one that is none.
    init(of call: Call, own: String?, _ routes: GatewayRoutes) throws(CallError) {
        let method = call.method
        input = method.input
        let isUsual = method.routes.isEmpty && method.ref.service == GatewayTransport.usualService
        if let path = own ?? (isUsual ? routes[call.kind] : nil) {
            ways = [.fixed(method: "POST", path: try Self.checked(path))]
            text = path
            return
        }
        guard let first = method.routes.first else {
            throw CallError(
                .unimplemented, "\(method.ref.fullName) has no route over a gateway", at: .connect,
                advice: "name the gateway's services.json with --services, or call it at a gRPC server")
        }
        text = first.path
        do throws(RouteProblem) {
            // Of several a gateway of this style has only the first.
            ways = try method.routeStyle == .gateway ? [Self.gatewayWay(first)] : Self.ways(method.routes)
        } catch {
            throw CallError(.invalidArgument, error.reason, at: .connect, advice: error.advice)
        }
    }

    private static func checked(_ path: String) throws(CallError) -> String {
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CallError(
                .invalidArgument, "the route \(Quote.beginning(of: path)) is no path of a URL", at: .connect)
        }
        return path.hasPrefix("/") ? path : "/" + path
    }

    private static func ways(_ routes: [HTTPRoute]) throws(RouteProblem) -> [Way] {
        var (ways, problem): ([Way], RouteProblem?) = ([], nil)
        for route in routes {
            do throws(RouteProblem) {
                try checkMethod(route)
                let template = try RouteTemplate(route.path)
                let isFixed = template.variables.isEmpty && route.body == "*"
                ways.append(
                    isFixed ? .fixed(method: route.method, path: route.path) : .template(route, template))
            } catch {
                problem = problem ?? error
            }
        }
        if ways.isEmpty, let problem { throw problem }
        return ways
    }

    private static func gatewayWay(_ route: HTTPRoute) throws(RouteProblem) -> Way {
        try checkMethod(route)
        return .gateway(route, try GatewayPath(route.path))
    }

    private static func checkMethod(_ route: HTTPRoute) throws(RouteProblem) {
        guard HeaderRule.isToken(route.method) else {
            throw RouteProblem("\(Quote.beginning(of: route.method)) is no method of HTTP")
        }
    }

    /// Which part of the reply is sent; `nil` for all of it.
    var responseBody: String? {
        if case .template(let route, _)? = ways.first { route.responseBody } else { nil }
    }

    /// Whether a pattern in the path is sent as it is written.
    var hasPatterns: Bool { if case .gateway(_, let path)? = ways.first { path.hasPatterns } else { false } }

    /// A request as it is sent: by the first way that fits it.
    /// - Throws: ``CallError`` where none does. Nothing has been sent then.
    func request(of payload: Payload) throws(CallError) -> RoutedRequest {
        var problem: RouteProblem?
        for way in ways {
            do throws(RouteProblem) {
                return try request(of: payload, way)
            } catch {
                problem = problem ?? error
            }
        }
        throw CallError(
            .invalidArgument, problem?.reason ?? "the request fits no route", at: .plan, advice: problem?.advice)
    }

    private func request(of payload: Payload, _ way: Way) throws(RouteProblem) -> RoutedRequest {
        if case .fixed(let method, let path) = way {
            return RoutedRequest(method: method, target: path, body: payload.message)
        }
        let message = try Self.tree(of: payload.message)
        switch way {
        case .fixed(let method, let path): return RoutedRequest(method: method, target: path, body: payload.message)
        case .template(let route, let template): return try route.request(template, message, RequestShape(input.shape))
        case .gateway(let route, let path): return try route.gatewayRequest(path, message, RequestShape(input.shape))
        }
    }

    private static func tree(of json: ArraySlice<UInt8>) throws(RouteProblem) -> JSONTree {
        let tree = json.withUnsafeBytes { json in Result { () throws(JSONFault) in try JSONTree(json) } }
        do throws(JSONFault) {
            return try tree.get()
        } catch {
            throw RouteProblem("the request is no JSON: \(error)")
        }
    }

    /// The path of a WebSocket, over which requests go whole.
    /// - Throws: ``CallError`` where it takes a part of a request, for there is none yet when it is opened.
    func pathOfStream() throws(CallError) -> String {
        do throws(RouteProblem) {
            switch ways[0] {
            case .fixed(_, let path): return path
            case .template(_, let template):
                return try template.expanded { variable throws(RouteProblem) in
                    throw RouteProblem(
                        "the route has \(variable.text) in its path, and a stream of requests is opened before there is one",
                        advice: "call the method over gRPC")
                }
            // It is matched, and nobody reads it.
            case .gateway(_, let path): return try path.expanded { _ in "-" }
            }
        } catch {
            throw CallError(.invalidArgument, error.reason, at: .connect, advice: error.advice)
        }
    }
}
