/// A method by its names.
public struct MethodRef: Hashable, Sendable {
    /// The full name of the service: `helloworld.Greeter`.
    public var service: String
    /// The name of the method in it: `SayHello`.
    public var name: String
    public var kind: CallKind

    public init(service: String, name: String, kind: CallKind) {
        self.service = service
        self.name = name
        self.kind = kind
    }

    /// `helloworld.Greeter/SayHello`.
    public var fullName: String { "\(service)/\(name)" }
}

/// A method, and what reads and writes its messages.
public struct MethodSchema: Sendable {
    public var ref: MethodRef
    /// Of its requests.
    public var input: any MessageCodec
    /// Of its replies.
    public var output: any MessageCodec

    public init(_ ref: MethodRef, input: any MessageCodec, output: any MessageCodec) {
        self.ref = ref
        self.input = input
        self.output = output
    }

    /// Of what travels in one direction.
    public func codec(of direction: Direction) -> any MessageCodec { direction == .sent ? input : output }
}

/// The method that is called, by the kind of call.
public typealias MethodLookup = @Sendable (CallKind) -> MethodSchema
