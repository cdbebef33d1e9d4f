public import RPCCore

/// What is known of a call before it begins.
public struct CallHead: Hashable, Sendable {
    /// The server as it is shown.
    public var server: String
    public var kind: CallKind
    public var options: CallOptions
    /// The plan in YAML, so that the call can be made again; `nil` where there is none to speak of.
    public var plan: String?
    /// Where the relative paths in the plan begin.
    public var directory: String

    public init(
        server: String, kind: CallKind, options: CallOptions = CallOptions(), plan: String? = nil,
        directory: String = ""
    ) {
        self.server = server
        self.kind = kind
        self.options = options
        self.plan = plan
        self.directory = directory
    }
}
