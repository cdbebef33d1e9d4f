import Foundation
import GatewayTransport
import Plans
import ProtobufSchema
import RPCCore
import TestSupport
import Testing

/// A service that the program does not know by itself: `demo.v1.Library`, whose methods are annotated in every way.
enum Library {
    static let schema: Schema = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../ProtobufSchemaTests/Vectors/schemas.protoset")
        let files = (try? Data(contentsOf: file)).flatMap { try? DescriptorSet.files(in: [UInt8]($0)) }
        return Schema(files ?? [])
    }()

    /// A method with the routes of its annotation, unless others are given.
    static func method(
        _ name: String, _ style: RouteStyle = .proto, of service: String = "demo.v1.Library", routes: [HTTPRoute]? = nil
    ) throws -> MethodSchema {
        let method = try #require(schema.service(service)?.methods.first { $0.name == name })
        return MethodSchema(
            MethodRef(service: service, name: name, kind: method.kind),
            input: DynamicMessageCodec(try #require(schema.message(method.input)), in: schema),
            output: DynamicMessageCodec(try #require(schema.message(method.output)), in: schema),
            routes: routes ?? method.routes, routeStyle: style)
    }

    /// A call with requests in JSON.
    static func call(
        _ method: MethodSchema, _ requests: String..., options: CallOptions = CallOptions(deadline: .seconds(100))
    ) throws -> Call {
        let steps: [PlanStep] = try requests.map { json in
            guard let codec = method.input as? DynamicMessageCodec else {
                return .request(MessageValue([.init(UndefinedMessageCodec.whole, json)]))
            }
            let message = try DynamicMessage.sequence(codec.descriptor, json: Array(json.utf8), in: schema)
            return .request(codec.value(of: try #require(message.first)))
        }
        return Call(method, PlanRun(PlanDocument(steps: steps)), options: options)
    }
}

extension Observed {
    /// What was received, as JSON.
    var json: [String] { log.received.map { $0.payload.json ?? "?" } }
}
