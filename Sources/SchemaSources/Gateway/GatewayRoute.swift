public import RPCCore

/// A method of a gateway, and how it is reached over HTTP.
public struct GatewayRoute: Hashable, Sendable {
    /// One way to reach a method (google/api/http.proto, `HttpRule`).
    public struct Binding: Hashable, Sendable {
        /// `GET`.
        public var method: String
        /// As it is written, variables and all: `/v1/articles/{id}`.
        public var path: String
        /// `*` for the whole request, or the name of a field; `nil` where the request has no body.
        public var body: String?
        /// The field of the reply that is sent as the whole; `nil` for all of it.
        public var responseBody: String?

        public init(_ method: String, _ path: String, body: String? = nil, responseBody: String? = nil) {
            (self.method, self.path) = (method, path)
            (self.body, self.responseBody) = (body, responseBody)
        }
    }

    /// The full name of the service: `demo.v1.Library`.
    public var service: String
    /// The name of the method in it: `GetBook`.
    public var method: String
    public var kind: CallKind
    /// The full names of the messages, without a leading dot; empty where they are not told.
    public var input: String
    public var output: String
    /// The ways to reach it, the usual one first; none where it has no route.
    public var bindings: [Binding]

    /// `demo.v1.Library/GetBook`.
    public var fullName: String { "\(service)/\(method)" }

    public init(
        service: String, method: String, kind: CallKind, input: String, output: String, bindings: [Binding] = []
    ) {
        (self.service, self.method, self.kind) = (service, method, kind)
        (self.input, self.output, self.bindings) = (input, output, bindings)
    }
}
