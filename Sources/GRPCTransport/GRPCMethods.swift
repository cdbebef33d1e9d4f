public import RPCCore

/// The methods of the service, by their full names: `helloworld.Greeter/SayHello`.
public struct GRPCMethods: Hashable, Sendable {
    /// The service whose methods are meant where only the name of a method is given.
    public static let service = "helloworld.Greeter"
    /// What some servers call the client stream.
    public static let otherClientStream = "SayHelloStream"

    public var unary = "\(service)/SayHello"
    public var serverStream = "\(service)/SayHelloStreamReply"
    public var clientStream = "\(service)/SayHelloClientStream"
    public var bidirectional = "\(service)/SayHelloBidiStream"

    public init() {}

    /// The method of a kind of call.
    public subscript(kind: CallKind) -> String {
        get {
            switch kind {
            case .unary: unary
            case .serverStream: serverStream
            case .clientStream: clientStream
            case .bidirectional: bidirectional
            }
        }
        set {
            switch kind {
            case .unary: unary = newValue
            case .serverStream: serverStream = newValue
            case .clientStream: clientStream = newValue
            case .bidirectional: bidirectional = newValue
            }
        }
    }

    /// The other known name of a method that a server does not know, in full; `nil` where there is none.
    static func otherName(of method: String) -> String? {
        method == GRPCMethods().clientStream ? "\(service)/\(otherClientStream)" : nil
    }

    /// Reads a method as a user writes it: `SayHello`, `helloworld.Greeter/SayHello` or `/helloworld.Greeter/SayHello`.
    /// - Returns: its full name; `nil` where the text is none.
    public static func fullName(of text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let names = parts.first == "" ? Array(parts.dropFirst()) : parts
        guard (1...2).contains(names.count), names.count == parts.count || names.count == 2 else { return nil }
        guard names.allSatisfy(isName) else { return nil }
        return names.count == 2 ? names.joined(separator: "/") : "\(service)/\(names[0])"
    }

    /// Letters, digits, `_`, and dots between packages.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
