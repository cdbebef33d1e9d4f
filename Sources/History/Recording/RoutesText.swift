import Foundation
import RPCCore

/// How a method is called over HTTP, as JSON.
struct RoutesText: Codable, Hashable {
    struct Route: Codable, Hashable {
        var method: String
        var path: String
        var body: String?
        var response_body: String?
    }

    var style: String
    var routes: [Route]

    /// - Returns: `nil` where it has no routes.
    init?(_ method: MethodSchema) {
        guard !method.routes.isEmpty else { return nil }
        style = method.routeStyle.rawValue
        routes = method.routes.map {
            Route(method: $0.method, path: $0.path, body: $0.body, response_body: $0.responseBody)
        }
    }

    /// - Returns: `nil` for what a later program may have written.
    init?(json: String) {
        guard let text = try? JSONDecoder().decode(RoutesText.self, from: Data(json.utf8)) else { return nil }
        self = text
    }

    var json: String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }

    func set(in method: inout MethodSchema) {
        method.routes = routes.map { HTTPRoute($0.method, $0.path, body: $0.body, responseBody: $0.response_body) }
        method.routeStyle = RouteStyle(rawValue: style) ?? .proto
    }
}
