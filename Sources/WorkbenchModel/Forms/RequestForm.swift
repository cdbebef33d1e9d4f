import RPCCore

/// A form for a step that makes requests by itself: one, or several that are alike.
struct RequestForm: StepForm {
    let place: StepPlace
    var name: Field<Template?>
    var language: Field<Template?>
    var times: Field<Int?>
    var pacing: PacingFields

    /// Those of a request are fewer; it is sent once, unless somebody wants more of it.
    var order: [WritableKeyPath<Self, FieldInput>] {
        let pacing = place.kind == .request ? [\.every.input] : PacingFields.order
        return [\.name.input, \.language.input, \.times.input] + within(\.pacing, pacing)
    }

    /// - Parameter language: What stands in its field at first.
    init(_ place: StepPlace, _ step: RepeatStep?, language: String) {
        let isRequest = place.kind == .request
        self.place = place
        name = Field(
            "name", step?.template.name, .template(allowsFields: false),
            hint: isRequest
                ? "whom to greet; {i} is the number of the repetition" : "whom to greet: {i} {uuid} {now} {random:1-6}")
        self.language = Field(
            "language", text: language, .template(allowsFields: false),
            hint: isRequest ? MessageForm.languageHint : "en zh es fr de ja {random:en|es}; empty leaves it out")
        times = Field(
            "times", isRequest ? 1 : step.map(\.count), .repetitions,
            hint: "how often it is sent: a number, or \(FieldFormat<Int?>.endless)")
        pacing = PacingFields(step?.pacing ?? Pacing())
    }

    mutating func read() -> PlanStep {
        let template = RequestTemplate(
            name: name.readOptional() ?? Template(literal: ""), language: language.readOptional())
        return RepeatStep(times.readOptional(), template, pacing: pacing.read()).simplified
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
