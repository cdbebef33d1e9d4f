import RPCCore
import UserConfiguration

/// What `--method` says: `NAME`, or `KIND=NAME`.
struct MethodArgument {
    static let flag = "--method"

    let kind: CallKind
    /// A route of a gateway, which begins with `/`, or a gRPC method.
    let name: String

    /// - Parameter kind: The kind that is meant where none is named.
    /// - Throws: ``ConfigurationError`` where the kind is not known, or the name is none.
    init(_ text: String, calling kind: CallKind?) throws(ConfigurationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, !parts[0].contains("/") {
            guard let named = CallKind(rawValue: parts[0]) else {
                let kinds = CallKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ConfigurationError(.flag(Self.flag), "'\(parts[0])' is no kind of call; the kinds are \(kinds)")
            }
            (self.kind, name) = (named, parts[1])
        } else {
            guard let kind else {
                throw ConfigurationError(
                    .flag(Self.flag), "say which kind of call is meant, as in \(Self.flag) client-stream=\(text)")
            }
            (self.kind, name) = (kind, text)
        }
        guard isRoute || isMethod else {
            throw ConfigurationError(
                .flag(Self.flag),
                "'\(name)' is neither a route, which begins with /, nor a method such as SayHello or "
                    + "helloworld.Greeter/SayHello")
        }
    }

    private var isRoute: Bool { RouteSetting(settingText: name) != nil }
    private var isMethod: Bool { MethodRef.fullName(of: name, in: "") != nil }

    /// Sets the route, or the method, or both where the name can be either.
    func set(in layer: inout Layer) throws(ConfigurationError) {
        guard let index = CallKind.allCases.firstIndex(of: kind) else { return }
        if isRoute { try layer.set(Known.routes[index], flag: Self.flag, name) }
        let method = name.hasPrefix("/") ? String(name.dropFirst()) : name
        if isMethod { try layer.set(Known.methods[index], flag: Self.flag, method) }
    }

    /// - Throws: ``Exit`` where none of the servers that are called can have a thing of that name.
    func check(for dialects: [ServerAddress.Dialect]) throws(Exit) {
        if isRoute && dialects.contains(.gateway) || isMethod && dialects.contains(.grpc) { return }
        throw dialects.contains(.gateway)
            ? .usage("\(Self.flag): the route '\(name)' does not begin with /")
            : .usage("\(Self.flag): '\(name)' is no method such as SayHello or helloworld.Greeter/SayHello")
    }
}
