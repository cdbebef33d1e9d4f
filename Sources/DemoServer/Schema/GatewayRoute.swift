import Foundation
import GRPCWire
import NIOHTTP1
import ProtobufSchema
import RPCCore

/// Where a method is in the gateway's dialect, as its annotation says (google/api/http.proto): a path of texts and of variables that
/// take a segment each.
struct GatewayRoute: Sendable {
    let method: ServiceMethod
    let verb: HTTPMethod
    private let segments: [Substring]
    private let hasBody: Bool

    private init?(_ method: ServiceMethod) {
        guard let route = method.descriptor.routes.first else { return nil }
        self.method = method
        verb = HTTPMethod(rawValue: route.method)
        segments = route.path.split(separator: "/", omittingEmptySubsequences: false)
        hasBody = route.body != nil
    }

    private static let all = ServiceMethod.all.compactMap(GatewayRoute.init)

    /// - Parameter path: Without a query.
    static func at(_ path: String) -> GatewayRoute? { all.first { $0.variables(in: path) != nil } }

    /// Answers a request of a method that takes one.
    func answer(_ uri: String, body: UnsafeRawBufferPointer) -> HTTPAnswer {
        let request: DynamicMessage
        do throws(ValidationIssue) {
            request = try self.request(uri, body: body)
        } catch {
            return .whole(HTTPReply(invalid: [error]))
        }
        var service = method.begin()
        do throws(GRPCStatus) {
            let answers = try service.receive(request)
            if method.kind.streamsReplies { return .events(EventSource(service)) }
            return .reply(HTTPReply { $0.append(raw: answers.first?.gatewayJSON ?? Array("null".utf8)) })
        } catch {
            return .whole(HTTPReply(error))
        }
    }

    /// What the path, the query and the body say.
    private func request(_ uri: String, body: UnsafeRawBufferPointer) throws(ValidationIssue) -> DynamicMessage {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var message = DynamicMessage(method.input)
        if hasBody {
            message = try method.request(json: body)
        } else if parts.count > 1 {
            let pairs = parts[1].split(separator: "&").map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (name: Self.plain(sides[0]), value: sides.count > 1 ? Self.plain(sides[1]) : "")
            }
            message = try fields(pairs, in: "query")
        }
        for field in try fields(variables(in: String(parts[0])) ?? [], in: "path").fields {
            message[field.descriptor] = field.content
        }
        return message
    }

    /// A message of fields whose values are texts; of a repeated field there may be several.
    private func fields(
        _ pairs: [(name: String, value: String)], in place: String
    ) throws(ValidationIssue) -> DynamicMessage {
        let groups = Dictionary(grouping: pairs, by: \.name).sorted { $0.key < $1.key }
        var (json, isFirst) = (JSONText(), true)
        json.append(raw: "{")
        for (name, pairs) in groups {
            guard let field = method.input.field(named: name) else { continue }
            let values = pairs.map { pair in
                var text = JSONText()
                // Numbers of enums and truths are no strings in JSON; numbers may be.
                let isBare = (field.kind == .bool || field.kind == .enum && Int32(pair.value) != nil)
                isBare ? text.append(raw: pair.value) : text.append(pair.value)
                return text.string
            }
            var key = JSONText()
            key.append(name)
            let value = field.isRepeated ? "[\(values.joined(separator: ","))]" : values.last ?? "null"
            json.append(raw: "\(isFirst ? "" : ",")\(key.string):\(value)")
            isFirst = false
        }
        json.append(raw: "}")
        do throws(ValidationIssue) {
            return try json.bytes.withUnsafeBytes { bytes in
                Result { () throws(ValidationIssue) in try method.request(json: bytes) }
            }.get()
        } catch {
            var issue = error
            issue.location[0] = place
            throw issue
        }
    }

    /// - Returns: `nil` for another path.
    private func variables(in path: String) -> [(name: String, value: String)]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var variables: [(name: String, value: String)] = []
        for (segment, part) in zip(segments, parts) {
            if segment.first == "{", segment.last == "}", !part.isEmpty {
                variables.append((String(segment.dropFirst().dropLast()), Self.plain(part)))
            } else if segment != part {
                return nil
            }
        }
        return variables
    }

    private static func plain(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
    }
}

extension ServiceMethod {
    /// Reads a request as the gateway does: fields by their original names, enums by numbers. Other names are passed over.
    func request(json bytes: UnsafeRawBufferPointer) throws(ValidationIssue) -> DynamicMessage {
        guard !bytes.isEmpty else {
            throw ValidationIssue(type: "missing", location: ["body"], message: "Field required", input: "null")
        }
        do throws(JSONMessageFault) {
            return try DynamicMessage(input, gatewayJSON: bytes, in: DemoSchema.schema)
        } catch {
            let path = error.path.split { ".[]\"".contains($0) }.map(String.init)
            throw ValidationIssue(
                type: "value_error", location: ["body"] + path, message: error.reason, input: "null")
        }
    }
}

extension DynamicMessage {
    private static let style: JSONStyle = {
        var style = JSONStyle.gateway
        style.emitsDefaults = true
        style.isLenient = true
        return style
    }()

    /// Its JSON as the gateway writes it: original names, numbers for enums, and all fields that are not messages.
    var gatewayJSON: [UInt8] {
        var text: [UInt8] = []
        // What cannot be written is not lost: the style is lenient.
        try? appendJSON(to: &text, in: DemoSchema.schema, Self.style)
        return text
    }
}

extension HTTPReply {
    /// A status of the service. Its code is among the headers, for HTTP has not enough of them.
    fileprivate init(_ status: GRPCStatus) {
        let headers = [
            ("grpc-status", String(status.code.rawValue)), ("grpc-message", PercentText.encoded(status.message)),
        ]
        self.init(status: status.code == .notFound ? 404 : 400, headers: headers, detail: status.message)
    }
}
