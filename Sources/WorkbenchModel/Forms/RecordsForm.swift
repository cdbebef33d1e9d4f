import RPCCore

/// A form for a step that makes a request for each record of a file.
struct RecordsForm: StepForm {
    let place: StepPlace
    var source: Field<RecordSource>
    var format: Field<RecordFormat?>
    var conditions: Field<[RecordCondition]>
    var name: Field<Template?>
    var language: Field<Template?>
    var pacing: PacingFields

    var order: [WritableKeyPath<Self, FieldInput>] {
        [\.source.input, \.format.input, \.conditions.input, \.name.input, \.language.input]
            + within(\.pacing, PacingFields.order)
    }

    init(_ place: StepPlace, _ step: RecordsStep?) {
        self.place = place
        source = Field("file", step?.source, .records, hint: "CSV or JSON Lines; ctrl-o looks for it", isPath: true)
        format = Field(
            "format", step?.format, .optional(.word(else: "csv, jsonl, or nothing where the file's name says it")),
            hint: "csv or jsonl; empty: as the file's name says")
        conditions = Field(
            "where", step?.conditions, .conditions, hint: "active=true language=en|es city!=Rome name~^A")
        name = Field(
            "name", step?.template?.name, .template(allowsFields: true),
            hint: "{FIELD} of the record; empty: its own name, language")
        language = Field(
            "language", step?.template?.language, .template(allowsFields: true),
            hint: "{FIELD} of the record, or en zh es fr de ja")
        pacing = PacingFields(step?.pacing ?? Pacing())
    }

    mutating func read() -> PlanStep {
        let source = source.read()
        let (name, language) = (name.readOptional(), language.readOptional())
        if language != nil, self.name.input.text.isEmpty {
            self.name.input.problem = "needed where a language is given"
        }
        let step = RecordsStep(
            from: source ?? .standardInput, format: format.readOptional(), where: conditions.read() ?? [],
            name.map { RequestTemplate(name: $0, language: language) }, pacing: pacing.read())
        if source != nil, format.isEmpty, step.effectiveFormat == nil {
            format.input.problem = "csv or jsonl: the file's name does not say it"
        }
        return .records(step)
    }
}
