import RPCCore

/// A form for a step of a plan.
struct StepForm<Fields: StepFields>: FormContent {
    let kind: StepKind
    /// The step whose place it takes, counted from 0; `nil` for a new one, below the chosen one.
    let index: Int?
    var fields: Fields

    static var order: [WritableKeyPath<StepForm, FieldInput>] {
        within(\.fields, Fields.order)
    }

    var title: String {
        if let index { return "Step \(index + 1): \(kind.title)" }
        return kind == .records ? "Add \(kind.title)" : "Add a \(kind.title)"
    }

    mutating func accept(in state: inout State) -> FormOutcome {
        let step = fields.read()
        guard isRead else { return .refused }
        if let index { state.composer.replace(at: index, with: step) } else { state.composer.add(step) }
        state.settle()
        return .done([])
    }
}

/// What is written of a step of one kind.
protocol StepFields: Hashable, Sendable {
    static var order: [WritableKeyPath<Self, FieldInput>] { get }

    /// The step that is described. Where none is, the fields have a problem, and it means nothing.
    mutating func read() -> PlanStep
}

extension Form {
    /// A form for a step of this kind that is yet to be.
    /// - Parameter language: What stands in the field of the language at first.
    static func newStep(_ kind: StepKind, language: String) -> Form {
        switch kind {
        case .request: step(RequestFields(name: nil, language: language), kind)
        case .pause: step(PauseFields(time: nil), kind)
        case .repetition: step(RepetitionFields(nil, language: language), kind)
        case .records: step(RecordsFields(nil), kind)
        }
    }

    /// A form for a step that there is.
    static func step(_ step: PlanStep, index: Int) -> Form {
        switch step {
        case .request(let request):
            let template = RequestTemplate(request)
            let fields = RequestFields(name: template.name, language: template.language?.text ?? "")
            return Self.step(fields, .request, index)
        case .pause(let time): return Self.step(PauseFields(time: time), .pause, index)
        case .repetition(let step):
            return Self.step(RepetitionFields(step, language: step.template.language?.text ?? ""), .repetition, index)
        case .records(let step): return Self.step(RecordsFields(step), .records, index)
        }
    }

    private static func step(_ fields: some StepFields, _ kind: StepKind, _ index: Int? = nil) -> Form {
        Form(StepForm(kind: kind, index: index, fields: fields))
    }
}

// MARK: - Steps that make requests by themselves

/// A single request, or several that are alike.
struct RequestFields: StepFields {
    var name: Field<Template?>
    var language: Field<Template?>
    var times: Field<Int?>
    var every: Field<Duration?>

    static var order: [WritableKeyPath<Self, FieldInput>] {
        [\.name.input, \.language.input, \.times.input, \.every.input]
    }

    init(name: Template?, language: String) {
        self.name = Field(
            "name", name, .template(allowsFields: false),
            hint: "whom to greet; {i} is the number of the repetition")
        self.language = Field(
            "language", text: language, .template(allowsFields: false), hint: MessageForm.languageHint)
        times = Field("times", 1, .repetitions, hint: timesHint)
        every = PacingFields.every(nil)
    }

    mutating func read() -> PlanStep {
        RepeatStep(
            times.readOptional(), RequestTemplate(name: &name, &language),
            pacing: Pacing(every: every.readOptional())
        ).simplified
    }
}

/// Requests that are made over and over.
struct RepetitionFields: StepFields {
    var name: Field<Template?>
    var language: Field<Template?>
    var times: Field<Int?>
    var pacing: PacingFields

    static var order: [WritableKeyPath<Self, FieldInput>] {
        [\.name.input, \.language.input, \.times.input] + within(\.pacing, PacingFields.order)
    }

    init(_ step: RepeatStep?, language: String) {
        name = Field(
            "name", step?.template.name, .template(allowsFields: false),
            hint: "whom to greet: {i} {uuid} {now} {random:1-6}")
        self.language = Field(
            "language", text: language, .template(allowsFields: false),
            hint: "en zh es fr de ja {random:en|es}; empty leaves it out")
        times = Field("times", step.map(\.count), .repetitions, hint: timesHint)
        pacing = PacingFields(step?.pacing ?? Pacing())
    }

    mutating func read() -> PlanStep {
        RepeatStep(
            times.readOptional(), RequestTemplate(name: &name, &language), pacing: pacing.read()
        ).simplified
    }
}

private let timesHint = "how often it is sent: a number, or \(FieldFormat<Int?>.endless)"

extension RequestTemplate {
    /// Reads a name and a language; an empty name is one.
    fileprivate init(name: inout Field<Template?>, _ language: inout Field<Template?>) {
        self.init(
            name: name.readOptional() ?? Template(literal: ""), language: language.readOptional())
    }
}

extension RepeatStep {
    /// A single request without places is no repetition.
    fileprivate var simplified: PlanStep {
        guard count == 1, pacing == Pacing(), let name = template.name.constant else { return .repetition(self) }
        guard let language = template.language else { return .request(HelloRequest(name: name)) }
        return language.constant.map { .request(HelloRequest(name: name, language: $0)) } ?? .repetition(self)
    }
}

/// A time in which nothing is sent.
struct PauseFields: StepFields {
    var time: Field<Duration>

    static var order: [WritableKeyPath<Self, FieldInput>] { [\.time.input] }

    init(time: Duration?) {
        self.time = Field("time", time, .pause(), hint: "nothing is sent for this time, such as 500ms")
    }

    mutating func read() -> PlanStep { .pause(time.read() ?? .zero) }
}
