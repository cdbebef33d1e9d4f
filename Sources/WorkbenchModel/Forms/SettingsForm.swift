import RPCCore
import Retry

/// A form for what the next calls will be like.
struct SettingsForm: FormContent {
    var deadline: Field<Duration?>
    var holdsOpen: Field<Bool>
    var mode: Field<RetryMode>
    var attempts: Field<Int>
    var initial: Field<Duration>
    var maximum: Field<Duration>
    var multiplier: Field<Double>
    var jitter: Field<Jitter>
    var repeats: Field<Bool>
    var method: Field<String>

    var order: [WritableKeyPath<Self, FieldInput>] {
        [
            \.deadline.input, \.holdsOpen.input, \.mode.input, \.attempts.input, \.initial.input, \.maximum.input,
            \.multiplier.input, \.jitter.input, \.repeats.input, \.method.input,
        ]
    }

    init(_ settings: CallSettings) {
        let (retry, backoff) = (settings.retry, settings.retry.backoff)
        deadline = Field("deadline", settings.deadline, .deadline, hint: "such as 30s, or none")
        holdsOpen = Field(
            "hold open", settings.holdsOpen, .flag(),
            hint: "yes: a stream stays open after the plan, until it is half-closed")
        mode = Self.part("retry", retry.mode, hint: "off, restart the plan, or resume after the answers") {
            .word(else: $0)
        }
        attempts = Self.part("attempts", retry.maximumAttempts, hint: "in all, from 1 to 100") { .number(else: $0) }
        initial = Self.part("back-off", backoff.initial, hint: "the first delay, such as 500ms") { .pause(else: $0) }
        maximum = Self.part("at most", backoff.maximum, hint: "the longest delay, such as 10s") { .pause(else: $0) }
        multiplier = Self.part("multiplier", backoff.multiplier, hint: "by what each delay is longer, such as 2") {
            .number(else: $0)
        }
        jitter = Self.part("jitter", backoff.jitter, hint: "none full equal decorrelated 20%") { .word(else: $0) }
        repeats = Self.part(
            "repeat", retry.allowsRepeatedPost, hint: "yes: send a unary request again that may have been taken"
        ) { .flag(else: $0) }
        method = Field(
            "method", settings.methods[settings.kind] ?? "", .verbatim,
            hint: "of a \(settings.kind.title) call; empty: the usual")
    }

    /// A field whose hint is also what is said of a text that cannot be read.
    private static func part<Value>(
        _ label: String, _ value: Value, hint: String, _ format: (String) -> FieldFormat<Value>
    ) -> Field<Value> {
        Field(label, value, format(hint), hint: hint)
    }

    var title: String { "Settings" }

    mutating func accept(in state: inout State) -> FormOutcome {
        let (deadline, holdsOpen) = (deadline.read(), holdsOpen.read())
        let retry = readPolicy(present: state.settings.retry)
        let method = method.input.text.trimmingSpaces()
        self.method.input.problem = Self.problem(withMethod: method, state.server.address?.scheme.dialect)
        guard isRead, let deadline, let holdsOpen, let retry else { return .refused }
        state.settings.deadline = deadline
        state.settings.holdsOpen = holdsOpen
        state.settings.retry = retry
        state.settings.methods[state.settings.kind] = method.isEmpty ? nil : method
        state.settle()
        return .done([])
    }

    /// What keeps a text from being what is called; `nil` where it can be. The empty text is the usual.
    private static func problem(withMethod text: String, _ dialect: ServerAddress.Dialect?) -> String? {
        guard !text.isEmpty else { return nil }
        let isRoute = text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        let isMethod = text.wholeMatch(of: /\/?([A-Za-z0-9_.]+\/)?[A-Za-z0-9_]+/) != nil
        return switch dialect {
        case .gateway: isRoute ? nil : "a route of the gateway, which begins with /"
        case .grpc: isMethod ? nil : "a method such as SayHello or helloworld.Greeter/SayHello"
        case nil: isRoute || isMethod ? nil : "a route, which begins with /, or a gRPC method"
        }
    }

    // MARK: The policy

    /// The policy that the fields describe; `nil`, with the problem noted, where they describe none.
    private mutating func readPolicy(present: RetryPolicy) -> RetryPolicy? {
        let (mode, attempts, jitter, repeats) = (mode.read(), attempts.read(), jitter.read(), repeats.read())
        let (initial, maximum, multiplier) = (initial.read(), maximum.read(), multiplier.read())
        guard let mode, let attempts, let initial, let maximum, let multiplier, let jitter, let repeats else {
            return nil
        }
        do {
            return try RetryPolicy(
                mode: mode, maximumAttempts: attempts,
                backoff: BackoffPolicy(initial: initial, maximum: maximum, multiplier: multiplier, jitter: jitter),
                retryableCodes: mode == .off ? present.retryableCodes : present.retryableCodes.union([.unavailable]),
                attemptDeadline: present.attemptDeadline, allowsRepeatedPost: repeats)
        } catch {
            self[keyPath: Self.field(of: error.part)].problem = error.description
            return nil
        }
    }

    private static func field(of part: RetryPolicyError.Part) -> WritableKeyPath<Self, FieldInput> {
        switch part {
        case .attempts: \.attempts.input
        case .initialBackoff: \.initial.input
        case .maximumBackoff: \.maximum.input
        case .multiplier: \.multiplier.input
        // Those that have no field are as they were.
        case .codes, .attemptDeadline, .throttle: \.mode.input
        }
    }
}
