/// What is taken from a server that tells of its services, which may be hostile.
public struct ReflectionLimits: Hashable, Sendable {
    /// The longest answer, in bytes: 16 MiB. The limit of the transport holds, too.
    public var answerSize = 16 << 20
    /// The bytes of all answers to one question of the user's: 64 MiB.
    public var totalSize = 64 << 20
    /// How many files are kept.
    public var files = 4096
    /// How many requests are made for one question of the user's.
    public var requests = 8192
    /// How many of them may be unanswered.
    public var window = 32
    /// How long everything may take for one question of the user's.
    public var time: Duration = .seconds(30)
    /// How long the first answer on a stream may take, from when the request is sent.
    public var firstAnswer: Duration = .seconds(5)
    /// How long a stream is given to end in order.
    public var closing: Duration = .milliseconds(500)

    public init() {}
}

/// The two packages in which the service is found; their messages are the same on the wire.
public enum ReflectionVersion: String, Hashable, Sendable, CaseIterable {
    case v1
    case v1alpha

    /// The full name of the service (grpc/reflection/v1/reflection.proto).
    var service: String { "grpc.reflection.\(rawValue).ServerReflection" }
}
