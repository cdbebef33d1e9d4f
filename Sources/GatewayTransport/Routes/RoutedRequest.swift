import RPCCore
import TransportSupport

/// A request as it is sent over HTTP.
struct RoutedRequest: Hashable, Sendable {
    /// `GET`.
    var method: String
    /// The path with its query, below the base path.
    var target: String
    /// JSON; `nil` where the request has no body.
    var body: ArraySlice<UInt8>?
    /// What is to be said of it before it is sent.
    var notice: String?

    /// The target without its query.
    var path: String { String(target.prefix { $0 != "?" }) }
}

extension HTTPRoute {
    /// A request of the message, by google/api/http.proto: each variable of the path takes its field, the body takes another or
    /// what is left, and without a body of all, the query takes the rest.
    /// - Parameters:
    ///   - template: Of the path.
    ///   - shape: What is known of the message.
    func request(
        _ template: RouteTemplate, _ message: JSONTree, _ shape: RequestShape
    ) throws(RouteProblem) -> RoutedRequest {
        var rest = message
        var values: [String: String] = [:]
        for variable in template.variables {
            let field = variable.field.split(separator: ".").map(String.init)
            values[variable.field] = try rest.take(field[...], shape, of: variable.field)
        }
        let path = try template.expanded { variable throws(RouteProblem) in values[variable.field] ?? "" }
        var request = RoutedRequest(method: method, target: path)
        guard body != "*" else {
            request.body = rest.bytes[...]
            return request
        }
        if let body {
            let names = shape.names(of: body)
            if let index = rest.members.firstIndex(where: { names.contains($0.name) }) {
                request.body = rest.members.remove(at: index).value.bytes[...]
            }
        }
        request.target += try Query(nested: rest, shape).text
        return request
    }

    /// A request of the message for a gateway that reads the whole request from the body, or from the query where there is none,
    /// and of the path nothing.
    func gatewayRequest(
        _ template: GatewayPath, _ message: JSONTree, _ shape: RequestShape
    ) throws(RouteProblem) -> RoutedRequest {
        var copy = message
        let path = try template.expanded { field throws(RouteProblem) in
            try copy.take([field], shape, of: field)
        }
        var request = RoutedRequest(method: method, target: path, notice: message.camelCaseNotice)
        if body == nil {
            request.target += try Query(flat: message, shape).text
        } else {
            request.body = message.bytes[...]
        }
        return request
    }
}

extension JSONTree {
    /// Takes a field out, which must be no message and no list.
    /// - Parameter path: Its original name, within others.
    fileprivate mutating func take(
        _ path: ArraySlice<String>, _ shape: RequestShape, of variable: String
    ) throws(RouteProblem) -> String {
        guard let name = path.first else { return "" }
        let names = shape.names(of: name)
        guard let index = members.firstIndex(where: { names.contains($0.name) }) else { return "" }
        if path.count > 1 {
            var member = members[index]
            let text = try member.value.take(path.dropFirst(), shape.inner(name), of: variable)
            members[index] = member
            return text
        }
        let value = members.remove(at: index).value
        guard value != .null else { return "" }
        guard let text = value.scalar else {
            throw RouteProblem("\(variable) is no single value, and the route has it in its path")
        }
        return text
    }

    /// Names that a gateway of original names would pass over without a word.
    fileprivate var camelCaseNotice: String? {
        let names = members.map(\.name).filter { name in
            !name.contains("_") && name.first?.isLowercase == true && name.contains { $0.isASCII && $0.isUppercase }
        }
        guard let name = names.first else { return nil }
        return "the gateway knows fields by their original names only: \(Quote.beginning(of: name)) may be passed over"
    }
}

/// The query of a URL.
struct Query {
    private var pairs: [(name: String, value: String)] = []

    /// A message as google/api/http.proto has it: fields of messages behind dots, lists by repetition.
    init(nested message: JSONTree, _ shape: RequestShape) throws(RouteProblem) {
        try add(message, shape, prefix: "", isNested: true)
    }

    /// A message none of whose fields is a message.
    init(flat message: JSONTree, _ shape: RequestShape) throws(RouteProblem) {
        try add(message, shape, prefix: "", isNested: false)
    }

    private mutating func add(
        _ message: JSONTree, _ shape: RequestShape, prefix: String, isNested: Bool
    ) throws(RouteProblem) {
        guard case .object(let members) = message else {
            throw RouteProblem("the message is no object, and the route has it in its query")
        }
        for member in members where member.value != .null {
            let name = prefix + member.name
            if let obstacle = shape.obstacle(member.name) {
                throw RouteProblem("\(name) \(obstacle), which no query can hold", advice: Self.advice)
            }
            switch member.value {
            case .word: pairs.append((name, member.value.scalar ?? ""))
            case .list(let values):
                for value in values {
                    guard let text = value.scalar else {
                        throw RouteProblem(
                            "\(name) is a list of messages, which no query can hold", advice: Self.advice)
                    }
                    pairs.append((name, text))
                }
            case .object:
                guard isNested else {
                    throw RouteProblem(
                        "\(name) is a message, which this gateway does not take from a query", advice: Self.advice)
                }
                try add(member.value, shape.inner(member.name), prefix: name + ".", isNested: true)
            }
        }
    }

    private static let advice = "leave it out, or call the method over gRPC"

    /// With the question mark before it; empty where there is nothing in it.
    var text: String {
        guard !pairs.isEmpty else { return "" }
        return "?"
            + pairs.map { "\($0.name.percentEncoded(asSegment: true))=\($0.value.percentEncoded(asSegment: true))" }
            .joined(separator: "&")
    }
}

/// A path as a FastAPI gateway matches it: a variable is `{name}` and stands for one segment; all else in braces is text.
struct GatewayPath: Hashable, Sendable {
    private let route: String

    init(_ route: String) throws(RouteProblem) {
        guard route.hasPrefix("/"), route.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw RouteProblem("the route \(Quote.beginning(of: route)) is no path of a URL")
        }
        self.route = route
    }

    /// The path with a value for each variable.
    func expanded(_ value: (String) throws(RouteProblem) -> String) throws(RouteProblem) -> String {
        var (path, rest) = ("", route[...])
        while let match = rest.firstMatch(of: /\{([A-Za-z_][A-Za-z0-9_]*)\}/) {
            path += String(rest[..<match.range.lowerBound]).percentEncoded(asSegment: false)
            let field = String(match.output.1)
            let value = try value(field)
            // What is encoded is decoded before it is matched.
            guard !value.contains("/") else {
                throw RouteProblem(
                    "\(field) is \(Quote.beginning(of: value)), and this gateway matches no / in {\(field)}")
            }
            path += try RouteTemplate.Variable(field: field, pattern: [.any]).encoded(value)
            rest = rest[match.range.upperBound...]
        }
        return path + String(rest).percentEncoded(asSegment: false)
    }

    /// Whether it has a pattern, which is text to this gateway.
    var hasPatterns: Bool { route.contains("=") && route.contains("{") }
}
