import GatewayTransport
import Plans
import ProtobufSchema
import RPCCore
import SchemaSources
import WorkbenchModel

extension SchemaLoader.Loaded {
    /// A method by what a user writes of its name, with what reads and writes its messages.
    /// - Throws: ``Exit`` with status 2 where there is none, or several, or it cannot be called.
    func method(named text: String, _ style: JSONStyle) throws(Exit) -> MethodSchema {
        if let failure = failures.first(where: { $0.name == MethodChoice.service(in: text) }) {
            throw .usage("\(failure.name): \(failure.failure ?? "has no definition")")
        }
        let method = try MethodChoice(services: services).method(named: text)
        guard let found = self.method(method, style) else {
            throw .usage("the messages of \(method.fullName) are not defined")
        }
        return found
    }

    /// A method that a user names, or else a plan.
    /// - Throws: ``Exit`` with status 2 as above, or where the plan says that it is of another kind.
    func method(named text: String?, orBy plan: PlanMethod?, _ style: JSONStyle) throws(Exit) -> MethodSchema {
        guard text == nil, let plan else { return try method(named: text ?? "", style) }
        do throws(PlanError) {
            guard plan.name == nil else {
                let found = try method(of: plan, style)
                try plan.check(found.ref)
                return found
            }
            let refs = services.flatMap(\.methods).map {
                MethodRef(service: $0.service, name: $0.name, kind: $0.kind)
            }
            return try method(of: PlanMethod(try plan.choose(among: refs) { $0 }, place: plan.place), style)
        } catch {
            throw .usage("\(error)")
        }
    }

    private func method(of plan: PlanMethod, _ style: JSONStyle) throws(PlanError) -> MethodSchema {
        do throws(Exit) {
            return try method(named: plan.text, style)
        } catch {
            let problem = error.lines.joined(separator: "; ").replacing("greeter-tui: ", with: "")
            throw PlanError(place: plan.place, problem: problem)
        }
    }

    /// What can be chosen on screen.
    var methodList: MethodList {
        var list = MethodList()
        for service in services {
            list.services.append(service.fullName)
            if let problem = service.problem { list.unusable.append(MethodList.Unusable(service.fullName, problem)) }
            for method in service.methods {
                if needsRoutes, method.routes.isEmpty, method.service != GatewayTransport.usualService {
                    list.unusable.append(MethodList.Unusable(method.fullName, "has no route over a gateway"))
                } else if method.problem == nil, let found = self.method(method, JSONStyle()) {
                    list.methods.append(MethodEntry(found))
                } else {
                    list.unusable.append(MethodList.Unusable(method.fullName, method.problem ?? "is not defined"))
                }
            }
        }
        list.unusable += failures.map { MethodList.Unusable($0.name, $0.failure ?? "has no definition") }
        list.news = news ?? ""
        list.notes = notes
        return list
    }
}

extension SchemaLoader.Loaded {
    /// A method with what reads and writes its messages; `nil` where those are not defined, and no gateway takes them as they are.
    fileprivate func method(_ method: KnownMethod, _ style: JSONStyle) -> MethodSchema? {
        guard let input = codec(method.input, style), let output = codec(method.output, style) else { return nil }
        return MethodSchema(
            MethodRef(service: method.service, name: method.name, kind: method.kind), input: input, output: output,
            routes: method.routes, routeStyle: routeStyle)
    }

    private func codec(_ name: String, _ style: JSONStyle) -> (any MessageCodec)? {
        if let message = schema.message(name) { return DynamicMessageCodec(message, in: schema, style: style) }
        return gateway == nil ? nil : UndefinedMessageCodec(name)
    }
}
