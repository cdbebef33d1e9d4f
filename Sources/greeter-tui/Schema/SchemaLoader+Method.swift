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
        let method = try MethodChoice(schema: schema).method(named: text)
        guard let found = schema.method(method, style) else {
            throw .usage("the messages of \(method.fullName) are not defined")
        }
        return found
    }

    /// What can be chosen on screen.
    var methodList: MethodList {
        var list = MethodList()
        for service in schema.services where !Reflection.isCommon(service.fullName) {
            for method in service.methods {
                if method.problem == nil, let found = schema.method(method, JSONStyle()) {
                    list.methods.append(MethodEntry(found))
                } else {
                    list.unusable.append(MethodList.Unusable(method.fullName, method.problem ?? "is not defined"))
                }
            }
        }
        list.unusable += failures.map { MethodList.Unusable($0.name, $0.failure ?? "has no definition") }
        return list
    }
}

extension ProtobufSchema.Schema {
    /// A method with what reads and writes its messages; `nil` where those are not defined.
    fileprivate func method(_ method: MethodDescriptor, _ style: JSONStyle) -> MethodSchema? {
        guard let input = message(method.input), let output = message(method.output) else { return nil }
        return MethodSchema(
            MethodRef(service: method.service, name: method.name, kind: method.kind),
            input: DynamicMessageCodec(input, in: self, style: style),
            output: DynamicMessageCodec(output, in: self, style: style), routes: method.routes)
    }
}
