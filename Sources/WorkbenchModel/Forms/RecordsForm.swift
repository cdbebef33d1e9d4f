import Plans
import RPCCore

/// A form for a step that makes a request for each record of a file.
struct RecordsForm: StepForm {
    let place: StepPlace
    var source: Field<RecordSource>
    var format: Field<RecordFormat?>
    var conditions: Field<[RecordCondition]>
    var template: TemplateFields
    var pacing: PacingFields

    var order: [WritableKeyPath<Self, FieldInput>] {
        [\.source.input, \.format.input, \.conditions.input] + within(\.template, template.order)
            + within(\.pacing, PacingFields.order)
    }

    init(_ place: StepPlace, _ step: RecordsStep?, of message: [MessageField]) {
        self.place = place
        source = Field("file", step?.source, .records, hint: "CSV or JSON Lines; ctrl-o looks for it", isPath: true)
        format = Field(
            "format", step?.format, .optional(.word(else: "csv, jsonl, or nothing where the file's name says it")),
            hint: "csv or jsonl; empty: as the file's name says")
        conditions = Field(
            "where", step?.conditions, .conditions, hint: "active=true language=en|es city!=Rome name~^A")
        let own = message.map(\.name).joined(separator: ", ")
        template = TemplateFields(message, { step?.template?[$0.name]?.text ?? "" }, allowsFields: true) {
            "{FIELD} of the record" + ($0.isOptional ? ", or \($0.hint)" : "; empty: its own \(own)")
        }
        pacing = PacingFields(step?.pacing ?? Pacing())
    }

    mutating func read() -> PlanStep {
        let source = source.read()
        let template = template.read()
        self.template.refuseGaps(in: template)
        let step = RecordsStep(
            from: source ?? .standardInput, format: format.readOptional(), where: conditions.read() ?? [],
            template.fields.isEmpty ? nil : template, pacing: pacing.read())
        if source != nil, format.isEmpty, step.effectiveFormat == nil {
            format.input.problem = "csv or jsonl: the file's name does not say it"
        }
        return .records(step)
    }
}
