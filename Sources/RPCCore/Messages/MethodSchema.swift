/// A method by its names.
public struct MethodRef: Hashable, Sendable {
    /// The full name of the service: `helloworld.Greeter`.
    public var service: String
    /// The name of the method in it: `SayHello`.
    public var name: String
    public var kind: CallKind
    /// What some servers call it.
    public var otherName: String?

    public init(service: String, name: String, kind: CallKind, otherName: String? = nil) {
        self.service = service
        self.name = name
        self.kind = kind
        self.otherName = otherName
    }

    /// `helloworld.Greeter/SayHello`.
    public var fullName: String { "\(service)/\(name)" }

    /// Whether a service is one that servers have beside their own: reflection, health.
    public static func isCommon(service: String) -> Bool {
        service.hasPrefix("grpc.reflection.") || service.hasPrefix("grpc.health.")
    }

    /// ``otherName`` with the service.
    public var otherFullName: String? { otherName.map { "\(service)/\($0)" } }

    /// Reads a method as a user writes it: `SayHello`, `helloworld.Greeter/SayHello` or `/helloworld.Greeter/SayHello`.
    /// - Parameter service: Which is meant where none is named.
    /// - Returns: its full name; `nil` where the text is none.
    public static func fullName(of text: String, in service: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let names = parts.first == "" ? Array(parts.dropFirst()) : parts
        guard (1...2).contains(names.count), names.count == parts.count || names.count == 2 else { return nil }
        guard names.allSatisfy(\.isDottedName) else { return nil }
        return names.count == 2 ? names.joined(separator: "/") : "\(service)/\(names[0])"
    }
}

/// A method, and what reads and writes its messages.
public struct MethodSchema: Sendable {
    public var ref: MethodRef
    /// Of its requests.
    public var input: any MessageCodec
    /// Of its replies.
    public var output: any MessageCodec
    /// How it can be called over HTTP, the usual way first; none where nothing says so.
    public var routes: [HTTPRoute]
    /// How the server takes what is called by a route.
    public var routeStyle: RouteStyle

    public init(
        _ ref: MethodRef, input: any MessageCodec, output: any MessageCodec, routes: [HTTPRoute] = [],
        routeStyle: RouteStyle = .proto
    ) {
        self.ref = ref
        self.input = input
        self.output = output
        self.routes = routes
        self.routeStyle = routeStyle
    }

    /// Of what travels in one direction.
    public func codec(of direction: Direction) -> any MessageCodec { direction == .sent ? input : output }
}

/// The method that is called, by the kind of call.
public typealias MethodLookup = @Sendable (CallKind) -> MethodSchema
