import Foundation
import ProtobufSchema

/// What the gateway says of its services, at `/services.json`: each method with its messages, its kind and its route, by the short name
/// of its service.
enum ServicesFile {
    static let path = "/services.json"

    static let json: [UInt8] = {
        let services = DemoSchema.schema.services.filter { !$0.methods.allSatisfy(\.routes.isEmpty) }
        let entries = services.map { service in
            (service.name, Dictionary(uniqueKeysWithValues: service.methods.map { ($0.name, entry(of: $0)) }))
        }
        let data = try? JSONSerialization.data(
            withJSONObject: Dictionary(uniqueKeysWithValues: entries),
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return data.map { Array($0) } ?? []
    }()

    private static func entry(of method: MethodDescriptor) -> [String: Any] {
        let kind =
            switch method.kind {
            case .unary: "unary"
            case .serverStream: "server_streaming"
            case .clientStream: "client_streaming"
            case .bidirectional: "bidirectional_streaming"
            }
        var entry: [String: Any] = [
            "input_type": ".\(method.input)", "output_type": ".\(method.output)", "streaming_type": kind,
            "method_full_name": "/\(method.fullName)",
        ]
        guard let route = method.routes.first else { return entry }
        var (rule, http) = ([route.method.lowercased(): route.path], ["method": route.method, "path": route.path])
        (rule["body"], http["body"]) = (route.body, route.body)
        entry["options"] = ["[google.api.http]": rule]
        entry["http"] = http
        return entry
    }
}
