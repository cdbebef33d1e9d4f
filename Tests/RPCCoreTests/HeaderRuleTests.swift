import Testing

@testable import RPCCore

@Suite("Headers of one's own")
struct HeaderRuleTests {
    /// What may be in neither dialect, and in which words that is said.
    static let refused: [(name: String, value: String, problem: String)] = [
        ("a b", "x", "'a b' is not the name of a header"), ("", "x", "'' is not the name of a header"),
        (":path", "x", "':path' is not the name of a header"), ("é", "x", "'é' is not the name of a header"),
        ("Content-Type", "x", "Content-Type: the program sets it itself"),
        ("HOST", "x", "HOST: the program sets it itself"), ("te", "x", "te: the program sets it itself"),
        ("Sec-WebSocket-Accept", "x", "Sec-WebSocket-Accept: the program sets it itself"),
        (
            "sec-websocket-protocol", "x",
            "sec-websocket-protocol: use --subprotocol, or the setting 'subprotocols'"
        ),
        ("a", "x\r\ny: z", "a: the value of a header holds no line break and no control character"),
        ("a", "\u{7F}", "a: the value of a header holds no line break and no control character"),
        ("a", "\u{85}", "a: the value of a header holds no line break and no control character"),
    ]

    @Test("What no protocol allows is refused in the same words in every dialect", arguments: refused)
    func always(name: String, value: String, problem: String) {
        for dialect in ServerAddress.Dialect.allCases {
            #expect(HeaderRule.problem(with: MetadataEntry(name, value), in: dialect) == problem)
        }
    }

    @Test(
        "gRPC has rules of its own",
        arguments: [
            ("grpc-x", "1", "grpc-x: gRPC keeps names that begin with 'grpc-' for itself"),
            ("x", "é", "x: over gRPC a value beyond ASCII needs a name that ends in -bin"),
            (
                "x-bin", "hex:0",
                "x-bin: the value is not what it says; write bytes as hex:00ff or base64:AP8, or text as it is"
            ),
        ])
    func native(name: String, value: String, problem: String) {
        #expect(HeaderRule.problem(with: MetadataEntry(name, value), in: .grpc) == problem)
        #expect(HeaderRule.problem(with: MetadataEntry(name, value), in: .gateway) == nil)
    }

    @Test(
        "Everything else may be sent",
        arguments: [
            ("X-Tenant", "blue\tgreen"), ("user-agent", "mine"), ("x-bin", "é"), ("x-bin", "base64:AP8="), ("a", ""),
            ("!#$%&'*+-.^_`|~", "x"), ("Authorization", "Basic x"), ("cookie", "a=1; b=2"),
        ])
    func allowed(name: String, value: String) {
        for dialect in ServerAddress.Dialect.allCases {
            #expect(HeaderRule.problem(with: MetadataEntry(name, value), in: dialect) == nil)
        }
    }
}
