public import Plans
import ProtobufSchema
public import RPCCore

/// The service that the program knows by itself: `helloworld.Greeter`, which greets people by their names.
public enum Greeter {
    /// Whom to greet, and in which language. Servers refuse an empty name; one can be sent, so that the refusal can be seen.
    /// Without a language the server chooses.
    public static let request: any MessageCodec = TextMessageCodec(
        "helloworld.HelloRequest",
        [
            MessageField("name", hint: "whom to greet"),
            MessageField("language", isOptional: true, hint: "en zh es fr de ja", usual: "en"),
        ],
        example: request("Ana", language: "en"), in: { schema })

    /// The greeting, and its language where the server says it.
    public static let reply: any MessageCodec = TextMessageCodec(
        "helloworld.HelloReply", [MessageField("message"), MessageField("language", isOptional: true)],
        example: MessageValue([.init("message", "Hello, Ana!"), .init("language", "en")]), shown: 1, in: { schema })

    /// Where the service is declared.
    private static let schema = (try? DescriptorSet.files(in: ServiceDescriptors.set)).map { Schema($0) }

    /// The method of a kind.
    public static func method(_ kind: CallKind) -> MethodSchema {
        let name =
            switch kind {
            case .unary: "SayHello"
            case .serverStream: "SayHelloStreamReply"
            case .clientStream: "SayHelloClientStream"
            case .bidirectional: "SayHelloBidiStream"
            }
        return MethodSchema(
            MethodRef(
                service: "helloworld.Greeter", name: name, kind: kind,
                otherName: kind == .clientStream ? "SayHelloStream" : nil), input: request, output: reply)
    }

    /// A request for one greeting.
    public static func request(_ name: String, language: String? = nil) -> MessageValue {
        var value = MessageValue([.init("name", name)])
        value["language"] = language
        return value
    }
}

extension PlanDocument {
    /// Greets each name once.
    public init(names: [String], language: String? = "en") {
        self.init(steps: names.map { .request(Greeter.request($0, language: language)) })
    }

    /// Some requests to try.
    public static let sample = PlanDocument(
        steps: [("Alice", "en"), ("Bob", "es"), ("Chloé", "fr")].map {
            .request(Greeter.request($0, language: $1))
        })
}

extension PlanRun {
    /// Greets each name once.
    public init(names: [String], language: String? = "en") {
        self.init(PlanDocument(names: names, language: language))
    }
}

extension RequestTemplate {
    /// A request for a greeting with places to fill in.
    public init(name: Template, language: Template? = nil) {
        self.init(
            zip(Greeter.request.fields, [name, language]).compactMap { field, template in
                template.map { Field(field, $0) }
            })
    }
}
