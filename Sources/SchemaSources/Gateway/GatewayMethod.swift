public import RPCCore

/// A method of a gateway, and how it is reached over HTTP.
public struct GatewayMethod: Hashable, Sendable {
    /// The full name of the service: `demo.v1.Library`.
    public var service: String
    /// The name of the method in it: `GetBook`.
    public var method: String
    public var kind: CallKind
    /// The full names of the messages, without a leading dot; empty where they are not told.
    public var input: String
    public var output: String
    /// The ways to reach it, the usual one first; none where it has no route.
    public var routes: [HTTPRoute]

    /// `demo.v1.Library/GetBook`.
    public var fullName: String { "\(service)/\(method)" }

    public init(
        service: String, method: String, kind: CallKind, input: String, output: String, routes: [HTTPRoute] = []
    ) {
        (self.service, self.method, self.kind) = (service, method, kind)
        (self.input, self.output, self.routes) = (input, output, routes)
    }
}
