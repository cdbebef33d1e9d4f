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
    /// How the server is reached, in the words of the configuration, which also says what can be written there.
    var connection: [Field<String>]
    private let connectionFields: [SettingField]
    /// What is said of how long the values last.
    let notes: [String]
    let canBeKept: Bool
    /// What was called when the form was opened, where that was chosen among what the server has.
    private let chosen: MethodEntry?

    var order: [WritableKeyPath<Self, FieldInput>] {
        let own: [WritableKeyPath<Self, FieldInput>] = [
            \.deadline.input, \.holdsOpen.input, \.mode.input, \.attempts.input, \.initial.input, \.maximum.input,
            \.multiplier.input, \.jitter.input, \.repeats.input, \.method.input,
        ]
        return own + connection.indices.map { \.connection[$0].input }
    }

    init(_ state: State) {
        let settings = state.settings
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
        maximum = Self.part("max back-off", backoff.maximum, hint: "the longest delay, such as 10s") {
            .pause(else: $0)
        }
        multiplier = Self.part("multiplier", backoff.multiplier, hint: "by what each delay is longer, such as 2") {
            .number(else: $0)
        }
        jitter = Self.part("jitter", backoff.jitter, hint: "none full equal decorrelated 20%") { .word(else: $0) }
        repeats = Self.part(
            "repeat post", retry.allowsRepeatedPost, hint: "yes: send a unary request again that may have been taken"
        ) { .flag(else: $0) }
        chosen = state.method
        method = Field(
            "method", chosen?.ref.fullName ?? settings.methods[settings.kind] ?? "", .verbatim,
            hint: "of a \(settings.kind.title) call; empty: the usual")
        connectionFields = state.configuration.fields
        connection = connectionFields.map {
            var field = Field(
                $0.label, $0.text, .verbatim.choosing(among: $0.choices), hint: $0.hint, isPath: $0.isPath)
            field.input.secrecy = $0.secrecy
            return field
        }
        canBeKept = state.configuration.place != nil
        notes = [
            state.configuration.place.map { "enter: for this session; ctrl-s: kept in \($0)" }
                ?? "what is set here lasts for this session",
            "theme, mouse and proxy are set by flags and in the configuration",
        ]
    }

    /// A field whose hint is also what is said of a text that cannot be read.
    private static func part<Value>(
        _ label: String, _ value: Value, hint: String, _ format: (String) -> FieldFormat<Value>
    ) -> Field<Value> {
        Field(label, value, format(hint), hint: hint)
    }

    var title: String { "Settings" }

    mutating func accept(in state: inout State) -> FormOutcome { apply(to: &state, isKept: false) }
    mutating func keep(in state: inout State) -> FormOutcome { apply(to: &state, isKept: true) }

    private mutating func apply(to state: inout State, isKept: Bool) -> FormOutcome {
        for index in connection.indices { connection[index].input.problem = nil }
        let changes = changes
        if let first = changes.first, state.isCallLive {
            note([.init(first.name, "a call is running: cancel it first")])
        }
        let (deadline, holdsOpen) = (deadline.read(), holdsOpen.read())
        let retry = readPolicy(present: state.settings.retry)
        let method = method.input.text.trimmingSpaces()
        let listed = state.catalogue.list.methods.first { $0.ref.fullName == method || $0.ref.shortName == method }
        let isAsChosen = chosen.map { $0.ref.fullName == method } ?? false
        let isListed = listed != nil || isAsChosen
        self.method.input.problem =
            isListed ? nil : Self.problem(withMethod: method, state.server.address?.scheme.dialect)
        guard changes.isEmpty || !state.isCallLive else { return .refused }
        guard isRead, let deadline, let holdsOpen, let retry else { return .refused }
        state.settings.deadline = deadline
        state.settings.holdsOpen = holdsOpen
        state.settings.retry = retry
        if let listed {
            if listed != state.method { _ = state.methodChosen(listed) }
        } else if !isAsChosen {
            if chosen != nil { state.choose(nil, kind: state.settings.kind) }
            state.settings.methods[state.settings.kind] = method.isEmpty ? nil : method
        }
        state.settle()
        guard isKept || !changes.isEmpty else { return .done([]) }
        let kept = isKept ? callSettings(of: state.settings.kind, isOwnMethod: listed == nil && !isAsChosen) : nil
        return .waits([.configure(.use(changes, server: state.server.name, keeping: kept))])
    }

    // MARK: The configuration

    /// What was changed of the way to the server.
    private var changes: [SettingChange] {
        zip(connectionFields, connection).compactMap { field, typed in
            typed.input.text == field.text ? nil : SettingChange(field.name, typed.input.text)
        }
    }

    /// The fields of calls under the names that the configuration has for them. How long a stream is held open is not among them.
    private static var names: [(String, WritableKeyPath<Self, FieldInput>)] {
        [
            ("deadline", \.deadline.input), ("retry.mode", \.mode.input), ("retry.attempts", \.attempts.input),
            ("retry.backoff", \.initial.input), ("retry.max-backoff", \.maximum.input),
            ("retry.multiplier", \.multiplier.input), ("retry.jitter", \.jitter.input),
            ("retry.repeat-post", \.repeats.input),
        ]
    }

    private func callSettings(of kind: CallKind, isOwnMethod: Bool) -> [SettingChange] {
        let settings = Self.names.map { SettingChange($0, self[keyPath: $1].text.trimmingSpaces()) }
        let method = method.input.text.trimmingSpaces()
        guard isOwnMethod, !method.isEmpty else { return settings }
        let group = method.hasPrefix("/") ? "routes" : "methods"
        return settings + [SettingChange("\(group).\(kind.rawValue)", method)]
    }

    /// Notes problems at the fields that they are about.
    /// - Returns: whether all of them are about fields.
    mutating func show(_ problems: [ConfigurationRefusal.Problem]) -> Bool {
        note(problems)
        let names = Set(connectionFields.map(\.name) + Self.names.map(\.0))
        return problems.allSatisfy { $0.name.map(names.contains) ?? false }
    }

    private mutating func note(_ problems: [ConfigurationRefusal.Problem]) {
        for problem in problems {
            if let index = connectionFields.firstIndex(where: { $0.name == problem.name }) {
                connection[index].input.problem = problem.text
            } else if let index = Self.names.firstIndex(where: { $0.0 == problem.name }) {
                self[keyPath: Self.names[index].1].problem = problem.text
            }
        }
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
