import ProtobufSchema
import RPCCore
import SchemaSources

/// A service as all sources together know it.
struct KnownService {
    var fullName: String
    /// Why it cannot be used.
    var problem: String?
    var methods: [KnownMethod]
}

/// A method as it is defined, or as a gateway lists it: then its messages may have no definition.
struct KnownMethod {
    var service: String
    var name: String
    var kind: CallKind
    /// The full names of the messages.
    var input: String
    var output: String
    var routes: [HTTPRoute]
    /// Why it cannot be called.
    var problem: String?

    var fullName: String { "\(service)/\(name)" }

    init(_ method: MethodDescriptor) {
        (service, name, kind) = (method.service, method.name, method.kind)
        (input, output) = (method.input, method.output)
        (routes, problem) = (method.routes, method.problem)
    }

    init(_ method: GatewayMethod) {
        (service, name, kind) = (method.service, method.method, method.kind)
        (input, output, routes) = (method.input, method.output, method.routes)
        // It becomes a part of what is sent, and is drawn.
        if MethodRef.fullName(of: fullName, in: "") == nil { problem = "its name is none of a method" }
    }
}

extension SchemaLoader.Loaded {
    /// What is defined, and what the gateway lists. Where both know a method, its definition says what it is, and the gateway how
    /// it is reached.
    var services: [KnownService] {
        var services = schema.services.map { service in
            KnownService(
                fullName: service.fullName, problem: service.problem, methods: service.methods.map { KnownMethod($0) })
        }
        // There may be ten thousand of each.
        var places = Dictionary(
            services.indices.map { (services[$0].fullName, $0) }, uniquingKeysWith: { first, _ in first })
        var known: [String: (service: Int, method: Int)] = [:]
        for (place, service) in services.enumerated() {
            for (index, method) in service.methods.enumerated() { known[method.fullName] = (place, index) }
        }
        for listed in gateway?.methods ?? [] {
            let method = KnownMethod(listed)
            if let (service, index) = known[method.fullName] {
                services[service].methods[index].routes = method.routes
                continue
            }
            let place = places[method.service] ?? services.count
            if place == services.count { services.append(KnownService(fullName: method.service, methods: [])) }
            places[method.service] = place
            known[method.fullName] = (place, services[place].methods.count)
            services[place].methods.append(method)
        }
        return services
    }
}
