/// How a method can be called over HTTP: a rule of google/api/http.proto (`HttpRule`).
public struct HTTPRoute: Hashable, Sendable {
    /// `GET`.
    public var method: String
    /// The path as it is written, variables and all: `/v1/{name=shelves/*}`.
    public var path: String
    /// Which field of the request is the body: `*` for all that the path does not take; `nil` for none.
    public var body: String?
    /// Which field of the reply is the body; `nil` for all of it.
    public var responseBody: String?

    public init(_ method: String, _ path: String, body: String? = nil, responseBody: String? = nil) {
        (self.method, self.path) = (method, path)
        (self.body, self.responseBody) = (body, responseBody)
    }

    /// `PUT /v1/shelves, body shelf`.
    public var text: String { "\(method) \(path)" + (body.map { ", body \($0)" } ?? "") }
}

/// How a gateway takes a request that is called by its route.
public enum RouteStyle: String, Hashable, Sendable, CaseIterable {
    /// As google/api/http.proto has it: the path's variables, the query and the body are each a part of the request.
    case proto
    /// As FastAPI gateways that are made from a `services.json` do it: the path's variables are matched and not read, any body
    /// is the whole request, of several routes only the first is there, and a reply is always whole.
    case gateway
}
