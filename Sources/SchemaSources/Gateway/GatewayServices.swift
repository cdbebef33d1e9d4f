import Foundation
public import ProtobufSchema
import RPCCore

/// The `services.json` of a gateway: its methods with their messages, by name, and their routes.
///
/// An object of services by their short names, each an object of methods by theirs. A method says `input_type`, `output_type`,
/// `streaming_type`, `method_full_name`, and its route in `http`, or as the annotation it was made from in
/// `options["[google.api.http]"]`. What a method lacks, or has wrong, costs no other: it is in ``notes``.
public struct GatewayServices: Hashable, Sendable {
    /// The longest file that is read, in bytes: 16 MiB.
    public static let limit = 16 << 20
    /// How many methods are read.
    static let methodLimit = 16_384

    /// By service and method.
    public private(set) var methods: [GatewayMethod] = []
    /// What could not be read, in sentences without a full stop. Not yet made safe for a terminal.
    public private(set) var notes: [String] = []

    /// - Parameter name: What errors call the file.
    /// - Throws: ``SchemaError`` where it is no JSON, or no object of objects at all.
    public init(_ bytes: [UInt8], named name: String = "services.json") throws(SchemaError) {
        guard bytes.count <= Self.limit else { throw SchemaError("\(name): has more than \(Self.limit) bytes") }
        if let fault = bytes.withUnsafeBytes({ JSONCheck.fault(in: $0) }) {
            throw SchemaError("\(name): is no JSON: \(fault)")
        }
        guard let services = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            throw SchemaError("\(name): there is no object of services in it")
        }
        for (service, methods) in services.sorted(by: { $0.key < $1.key }) {
            guard let methods = methods as? [String: Any] else {
                notes.append("\(name): \(service) is no object of methods")
                continue
            }
            for (method, value) in methods.sorted(by: { $0.key < $1.key }) {
                guard self.methods.count < Self.methodLimit else {
                    throw SchemaError("\(name): has more than \(Self.methodLimit) methods")
                }
                read(service, method, value, name)
            }
        }
        guard !methods.isEmpty || notes.isEmpty else { throw SchemaError(notes[0]) }
    }

    private mutating func read(_ service: String, _ method: String, _ value: Any, _ name: String) {
        guard let value = value as? [String: Any] else {
            notes.append("\(name): \(service).\(method) is no object")
            return
        }
        guard let kind = Self.kind(value["streaming_type"] ?? "unary") else {
            notes.append("\(name): \(service).\(method) has a streaming_type that is none of the four")
            return
        }
        let (fullService, fullMethod) = Self.names(value["method_full_name"] as? String, service, method)
        methods.append(
            GatewayMethod(
                service: fullService, method: fullMethod, kind: kind, input: Self.type(value["input_type"]),
                output: Self.type(value["output_type"]), routes: Self.routes(value)))
    }

    private static func kind(_ value: Any) -> CallKind? {
        switch value as? String {
        case "unary": .unary
        case "server_streaming": .serverStream
        case "client_streaming": .clientStream
        case "bidirectional_streaming": .bidirectional
        default: nil
        }
    }

    /// The service and the method in `/demo.v1.Library/GetBook`. That of a service without a package has no slash before it.
    private static func names(_ fullName: String?, _ service: String, _ method: String) -> (String, String) {
        let parts = (fullName ?? "").split(separator: "/")
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (service, method)
    }

    private static func type(_ value: Any?) -> String {
        guard let text = value as? String else { return "" }
        return text.hasPrefix(".") ? String(text.dropFirst()) : text
    }

    // MARK: Routes

    private static func routes(_ value: [String: Any]) -> [HTTPRoute] {
        if let http = value["http"] as? [String: Any] {
            let more = http["additional_bindings"] as? [[String: Any]] ?? []
            return ([http] + more).compactMap { rule in
                guard let method = rule["method"] as? String, let path = rule["path"] as? String else { return nil }
                return route(method, path, rule)
            }
        }
        let options = value["options"] as? [String: Any]
        guard let rule = options?["[google.api.http]"] as? [String: Any] else { return [] }
        return ([rule] + (rule["additionalBindings"] as? [[String: Any]] ?? [])).compactMap(annotated)
    }

    /// An `HttpRule` as ProtoJSON has it.
    private static func annotated(_ rule: [String: Any]) -> HTTPRoute? {
        for method in ["get", "put", "post", "delete", "patch"] {
            if let path = rule[method] as? String { return route(method, path, rule) }
        }
        guard let custom = rule["custom"] as? [String: Any], let kind = custom["kind"] as? String,
            let path = custom["path"] as? String
        else { return nil }
        return route(kind, path, rule)
    }

    private static func route(_ method: String, _ path: String, _ rule: [String: Any]) -> HTTPRoute {
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { rule[$0] as? String }.first { !$0.isEmpty }
        }
        return HTTPRoute(
            method.uppercased(), path, body: text("body"), responseBody: text("response_body", "responseBody"))
    }
}
