import Plans
import RPCCore

/// A form for a step of a plan.
protocol StepForm: FormContent {
    var place: StepPlace { get }

    /// The step that the fields describe. Where they describe none they have a problem, and it means nothing.
    mutating func read() -> PlanStep
}

/// Where a step goes.
struct StepPlace: Hashable {
    let kind: StepKind
    /// The step whose place it takes, counted from 0; `nil` for a new one, below the chosen one.
    var index: Int?
}

extension StepForm {
    var title: String {
        if let index = place.index { return "Step \(index + 1): \(place.kind.title)" }
        return place.kind == .records ? "Add \(place.kind.title)" : "Add a \(place.kind.title)"
    }

    mutating func accept(in state: inout State) -> FormOutcome {
        let step = read()
        if let message = state.method?.schema.input, let problem = step.problem(with: message) { note(problem) }
        guard isRead else { return .refused }
        if let index = place.index { state.composer.replace(at: index, with: step) } else { state.composer.add(step) }
        state.settle()
        return .done([])
    }
}

extension StepForm {
    /// Notes at a field that its text is none that the message can have.
    private mutating func note(_ problem: MessageProblem) {
        let name = problem.path.prefix { $0 != "." && $0 != "[" }
        let place = order.first { place in
            let label = self[keyPath: place].label
            return label == name || label.lowercased() == name.filter { $0 != "_" }.lowercased()
        }
        guard let place = place ?? order.first else { return }
        self[keyPath: place].problem = problem.description
    }
}

extension Form {
    /// A form for a step of this kind that is yet to be.
    /// - Parameters:
    ///   - message: The fields of a request.
    ///   - template: From which the optional ones are taken over.
    static func newStep(
        _ kind: StepKind, of message: [MessageField], like template: RequestTemplate?, isWhole: Bool = false
    ) -> Form {
        let place = StepPlace(kind: kind)
        return switch kind {
        case .request, .repetition:
            Form(
                RequestForm(place, nil, of: message) { field in
                    guard field.isOptional || isWhole else { return "" }
                    return template.map { $0[field.name]?.text ?? field.usual } ?? field.usual
                })
        case .pause: Form(PauseForm(place, nil))
        case .records: Form(RecordsForm(place, nil, of: message))
        }
    }

    /// A form for a step that there is.
    static func step(_ step: PlanStep, index: Int, of message: [MessageField]) -> Form {
        let place = StepPlace(kind: StepKind(step), index: index)
        let texts = { (field: MessageField) in step.template?[field.name]?.text ?? "" }
        switch step {
        case .request: return Form(RequestForm(place, nil, of: message, texts))
        case .repetition(let step): return Form(RequestForm(place, step, of: message, texts))
        case .pause(let time): return Form(PauseForm(place, time))
        case .records(let step): return Form(RecordsForm(place, step, of: message))
        }
    }
}

/// A form for a time in which nothing is sent.
struct PauseForm: StepForm {
    let place: StepPlace
    var time: Field<Duration>

    var order: [WritableKeyPath<Self, FieldInput>] { [\.time.input] }

    init(_ place: StepPlace, _ time: Duration?) {
        self.place = place
        self.time = Field("time", time, .pause(), hint: "nothing is sent for this time, such as 500ms")
    }

    mutating func read() -> PlanStep { .pause(time.read() ?? .zero) }
}
