import Plans
import RPCCore
import TestSupport
import Testing

@Suite("Plans and the methods that they name")
struct PlanMethodTests {
    private static let methods = [
        MethodRef(service: "demo.v1.Telemetry", name: "Record", kind: .clientStream),
        MethodRef(service: "demo.v1.Telemetry", name: "Watch", kind: .serverStream),
        MethodRef(service: "demo.v1.Telemetry", name: "Windows", kind: .bidirectional),
        MethodRef(service: "demo.v1.Telemetry", name: "Chat", kind: .bidirectional),
        MethodRef(service: "other.Log", name: "Record", kind: .unary),
    ]

    private func method(_ head: String) throws -> PlanMethod? {
        try PlanSource(yaml: "\(head)\nrequests: []\n", place: "p.yaml").method
    }

    @Test(
        "a method may be written in several ways",
        arguments: [
            "method: demo.v1.Telemetry/Record", "method: /demo.v1.Telemetry/Record", "method: Telemetry/Record",
            "method: demo.v1.Telemetry.Record", "service: demo.v1.Telemetry\nmethod: Record",
            "service: Telemetry\nkind: client-stream", "kind: client-stream\nmethod: Telemetry/Record",
            "service: demo.v1.Telemetry\nmethod: demo.v1.Telemetry/Record",
        ])
    func forms(head: String) throws {
        let method = try #require(try method(head))
        #expect(try method.choose(among: Self.methods) { $0 }.fullName == "demo.v1.Telemetry/Record")
    }

    @Test(
        "what names no method, or another than is there, is told with its place",
        arguments: [
            ("method: a b", "p.yaml, line 1, column 9: 'a b' is no method"),
            ("service: a.B\nmethod: c.D/E", "p.yaml, line 2, column 9: 'method' is of another service"),
            ("service: demo.v1.Telemetry", "p.yaml, line 1, column 10: a service has several methods"),
            ("method: Record", "may be one of several methods: demo.v1.Telemetry/Record, other.Log/Record"),
            ("service: Telemetry\nkind: bidi", "may be one of several methods: demo.v1.Telemetry/Windows"),
            ("method: demo.v1.Telemetry/Rekord", "did you mean 'demo.v1.Telemetry/Record'?"),
            (
                "method: Telemetry/Watch\nkind: bidi",
                "'kind' is bidi, and demo.v1.Telemetry/Watch is a server-stream call"
            ),
        ])
    func errors(head: String, problem: String) {
        let error = #expect(throws: PlanError.self) {
            _ = try method(head)?.choose(among: Self.methods) { $0 }
        }
        #expect(error.map { "\($0)".contains(problem) } == true, "\(String(describing: error))")
    }

    @Test("a plan without a method names none, and one with a method is written with it")
    func writes() throws {
        #expect(try method("kind: unary") == nil)
        let plan = PlanDocument(method: "demo.v1.Telemetry/Record", steps: [.request(Greeter.request("Ana"))])
        let yaml = try plan.yaml()
        #expect(yaml.hasPrefix("method: demo.v1.Telemetry/Record\n"))
        #expect(try PlanFile(yaml: yaml, of: Greeter.request, place: "p").document == plan)
        #expect(PlanRun(plan).written?.text == yaml)
    }

    @Test("messages that are not known yet are shown, written again as they were, and read once they are known")
    func unread() throws {
        let yaml = """
            method: demo.v1.Telemetry/Record
            requests:
            - {name: "0123", language: yes}
            - {name: Ana, tags: {a b: 1e3, c: [true, "true", x]}}
            - {}
            - repeat: 3
              send: {name: "User {i}"}
            - send: {from: ana}

            """
        let codec = UnreadMessageCodec(of: "demo.v1.Telemetry/Record")
        let plan = try PlanFile(yaml: yaml, of: codec, place: "p").document
        #expect(try plan.yaml() == yaml.replacing("language: yes", with: "language: \"yes\""))
        #expect(try PlanFile(yaml: plan.yaml(), of: codec, place: "p").document == plan)
        #expect(throws: MessageProblem.self) { _ = try MessageEncoder(codec, .json).payload(MessageValue()) }
    }
}
