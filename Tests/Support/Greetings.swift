@_exported public import Greeter
public import Plans
public import RPCCore

// The messages of the Greeter service as values, for tests: what travels are payloads.

/// A request of the Greeter service.
public struct HelloRequest: Hashable, Sendable {
    public var name: String
    public var language: String?

    public init(name: String, language: String? = nil) {
        self.name = name
        self.language = language
    }

    public init(_ value: MessageValue) {
        self.init(name: value["name"] ?? "", language: value["language"])
    }

    public var value: MessageValue { Greeter.request(name, language: language) }
}

/// A reply of the Greeter service.
public struct HelloReply: Hashable, Sendable {
    public var message: String
    public var language: String?

    public init(message: String, language: String? = nil) {
        self.message = message
        self.language = language
    }

    public init(_ value: MessageValue) {
        self.init(message: value["message"] ?? "", language: value["language"])
    }

    public var value: MessageValue {
        var value = MessageValue([.init("message", message)])
        value["language"] = language
        return value
    }
}

extension StreamMessage {
    /// What a message of the Greeter service says.
    public enum Body: Hashable, Sendable {
        case request(HelloRequest)
        case reply(HelloReply)
        case refusal(String)
        case markerEcho(HelloReply)
    }

    /// - Parameter wire: The payload as it travelled; what the body makes, unless given.
    public init(
        number: Int, time: Duration, size: Int, form: Form, body: Body, wire: String? = nil, answers: Int? = nil,
        place: AnswerPlace? = nil
    ) {
        let (role, value): (Role, MessageValue?) =
            switch body {
            case .request(let request): (.request, request.value)
            case .reply(let reply): (.response, reply.value)
            case .refusal(let reason): (.rejection(reason), nil)
            case .markerEcho(let reply): (.noise(Role.endMarker), reply.value)
            }
        let codec = role == .request ? Greeter.request : Greeter.reply
        let text = wire.map { Array($0.utf8) }
        let payload: Payload =
            if let value {
                text.map { Payload($0, holding: value, codec) }
                    ?? Payload(value, codec, form == .grpcMessage ? .protobuf : .json)
            } else {
                Payload(codec, .json, (text ?? [])[...])
            }
        self.init(
            number: number, time: time, size: size, form: form, role: role, payload: payload, answers: answers,
            place: place)
    }

    public var body: Body {
        let value = payload.value ?? MessageValue()
        switch role {
        case .request: return .request(HelloRequest(value))
        case .response: return .reply(HelloReply(value))
        case .rejection(let reason): return .refusal(reason)
        case .noise: return .markerEcho(HelloReply(value))
        }
    }

    /// The payload as it travelled, where it is text.
    public var wire: String? { payload.bytes.isEmpty ? nil : payload.text }
}

extension Call {
    /// A call of the Greeter service.
    public init(_ kind: CallKind, _ plan: any RequestPlan, options: CallOptions = CallOptions()) {
        self.init(Greeter.method(kind), plan, options: options)
    }
}

extension TransportComparison {
    public init(_ kind: CallKind, _ plan: PlanRun, options: CallOptions) {
        self.init(Greeter.method(kind), plan, options: options)
    }
}

/// What a plan sends to the Greeter service.
public struct GreetingSource: GreetingMaker {
    private var source: any RequestSource

    public mutating func next(atMost limit: Int) async throws -> [HelloRequest]? {
        try await source.next(atMost: limit)?.map { HelloRequest($0.value ?? MessageValue()) }
    }

    fileprivate init(_ source: any RequestSource) {
        self.source = source
    }
}

extension RequestPlan {
    public func makeSource(clock: any CallClock, skipping count: Int = 0) -> GreetingSource {
        GreetingSource(makeSource(MessageEncoder(Greeter.request, .json), clock: clock, skipping: count))
    }
}

extension SteeredPlan {
    @discardableResult
    public func send(_ request: HelloRequest) -> Bool { send(request.value) }
}

extension PlannedRequest {
    public init(_ request: HelloRequest, at time: Duration) {
        self.init(Payload(request), at: time)
    }
}

extension PlanStep {
    public static func request(_ request: HelloRequest) -> PlanStep { .request(request.value) }
}

extension PlanPreviewer {
    public convenience init(_ run: PlanRun, limit: Int) { self.init(run, of: Greeter.request, limit: limit) }
}

extension PlanDocument {
    package init(jsonLines bytes: [UInt8], place: String) throws(PlanError) {
        try self.init(jsonLines: bytes, of: Greeter.request, place: place)
    }
}

extension EventLine {
    package init(_ line: some Sequence<UInt8>, start: Duration = .zero) throws(Problem) {
        try self.init(line, start: start, of: Greeter.method(.unary))
    }
}

/// A plan of a test's own.
public protocol GreetingPlan: RequestPlan {
    associatedtype Source: GreetingMaker
    func makeGreetings(clock: any CallClock) -> Source
}

/// One run of it.
public protocol GreetingMaker: Sendable {
    mutating func next(atMost limit: Int) async throws -> [HelloRequest]?
}

extension GreetingPlan {
    public func makeSource(
        _ encoder: MessageEncoder, clock: any CallClock, skipping count: Int
    ) -> any RequestSource {
        EncodedGreetings(maker: makeGreetings(clock: clock), encoder: encoder, skipped: count)
    }
}

private struct EncodedGreetings<Maker: GreetingMaker>: RequestSource {
    var maker: Maker
    let encoder: MessageEncoder
    var skipped: Int

    mutating func next(atMost limit: Int) async throws -> [Payload]? {
        while let batch = try await maker.next(atMost: max(skipped, limit)) {
            let rest = batch.dropFirst(skipped)
            skipped -= batch.count - rest.count
            if !rest.isEmpty { return try rest.map { try encoder.payload($0.value) } }
        }
        return nil
    }
}

extension Payload {
    public init(_ request: HelloRequest) { self.init(request.value, Greeter.request, .json) }

    public var name: String { value?["name"] ?? "" }
    public var language: String? { value?["language"] }
}
