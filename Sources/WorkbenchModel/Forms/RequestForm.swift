import Plans
import RPCCore

/// A form for a step that makes requests by itself: one, or several that are alike.
struct RequestForm: StepForm {
    let place: StepPlace
    var template: TemplateFields
    var times: Field<Int?>
    var pacing: PacingFields

    /// Those of a request are fewer; it is sent once, unless somebody wants more of it.
    var order: [WritableKeyPath<Self, FieldInput>] {
        let pacing = place.kind == .request ? [\.every.input] : PacingFields.order
        return within(\.template, template.order) + [\.times.input] + within(\.pacing, pacing)
    }

    /// - Parameter texts: What stands in the fields of the request at first.
    init(
        _ place: StepPlace, _ step: RepeatStep?, of message: [MessageField], _ texts: (MessageField) -> String
    ) {
        let isRequest = place.kind == .request
        self.place = place
        template = TemplateFields(message, texts, allowsFields: false) { field in
            switch (isRequest, field.isOptional) {
            case (true, true): field.optionalHint
            case (true, false): "\(field.hint); {i} is the number of the repetition"
            case (false, true): "\(field.hint) {random:en|es}; empty leaves it out"
            case (false, false): "\(field.hint): {i} {uuid} {now} {random:1-6}"
            }
        }
        times = Field(
            "times", isRequest ? 1 : step.map(\.count), .repetitions,
            hint: "how often it is sent: a number, or \(FieldFormat<Int?>.endless)")
        pacing = PacingFields(step?.pacing ?? Pacing())
    }

    mutating func read() -> PlanStep {
        let template = template.readWhole()
        return RepeatStep(times.readOptional(), template, pacing: pacing.read()).simplified
    }
}

extension RepeatStep {
    /// A single request without places is no repetition.
    var simplified: PlanStep {
        guard count == 1, pacing == Pacing(), let request = template.constant else { return .repetition(self) }
        return .request(request)
    }
}
