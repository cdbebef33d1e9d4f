import RPCCore

// MARK: - Filling in

extension Form {
    /// A form for a step of this kind that is yet to be.
    /// - Parameter language: What stands in the field of the language at first.
    static func newStep(_ kind: StepKind, language: String) -> Form {
        let fields =
            switch kind {
            case .request: request("", language, times: 1, every: nil)
            case .pause: pause(nil)
            case .repetition: repetition(nil, language)
            case .records: records(nil)
            }
        return Form(.addStep(kind), fields: fields)
    }

    /// A form for a step that there is.
    static func step(_ step: PlanStep, index: Int) -> Form {
        let fields: [Field]
        switch step {
        case .request(let request):
            let template = RequestTemplate(request)
            fields = Self.request(template.name.text, template.language?.text ?? "", times: 1, every: nil)
        case .pause(let time): fields = pause(time)
        case .repetition(let step): fields = repetition(step, step.template.language?.text ?? "")
        case .records(let step): fields = records(step)
        }
        return Form(.editStep(StepKind(step), index: index), fields: fields)
    }

    private static func request(_ name: String, _ language: String, times: Int, every: Duration?) -> [Field] {
        [
            Field("name", name, hint: "whom to greet; {i} is the number of the repetition"),
            Field("language", language, hint: Hint.language),
            Field("times", String(times), hint: "how often it is sent: a number, or \(FieldText.endless)"),
            Field("every", every?.exactText ?? "", hint: everyHint),
        ]
    }

    private static func pause(_ time: Duration?) -> [Field] {
        [Field("time", time?.exactText ?? "", hint: "nothing is sent for this time, such as 500ms")]
    }

    private static func repetition(_ step: RepeatStep?, _ language: String) -> [Field] {
        let times = step.map { $0.count.map(String.init) ?? FieldText.endless } ?? ""
        return [
            Field("name", step?.template.name.text ?? "", hint: "whom to greet: {i} {uuid} {now} {random:1-6}"),
            Field("language", language, hint: "en zh es fr de ja {random:en|es}; empty leaves it out"),
            Field("times", times, hint: "how often it is sent: a number, or \(FieldText.endless)"),
        ] + pacing(step?.pacing ?? Pacing())
    }

    private static func records(_ step: RecordsStep?) -> [Field] {
        let path =
            switch step?.source {
            case .file(let path): path
            case .standardInput: standardInput
            case nil: ""
            }
        return [
            Field("file", path, hint: "CSV or JSON Lines; ctrl-o looks for it", isPath: true),
            Field("format", step?.format?.rawValue ?? "", hint: "csv or jsonl; empty: as the file's name says"),
            Field(
                "where", step?.conditions.map(\.text).joined(separator: " ") ?? "",
                hint: "active=true language=en|es city!=Rome name~^A"),
            Field(
                "name", step?.template?.name.text ?? "", hint: "{FIELD} of the record; empty: its own name, language"),
            Field(
                "language", step?.template?.language?.text ?? "", hint: "{FIELD} of the record, or en zh es fr de ja"),
        ] + pacing(step?.pacing ?? Pacing())
    }

    private static func pacing(_ pacing: Pacing) -> [Field] {
        [
            Field("every", pacing.every?.exactText ?? "", hint: everyHint),
            Field("jitter", FieldText.text(fraction: pacing.jitter), hint: "how much 'every' varies, such as 20%"),
            Field(
                "batch", pacing.batch.map { String($0.size) } ?? "", hint: "so many, then a longer pause, such as 50"),
            Field("batch pause", pacing.batch?.pause.exactText ?? "", hint: "the pause after each batch, such as 1s"),
        ]
    }

    private static let everyHint = "from one to the next, such as 100ms; empty: at once"
    /// How a path is written that is none.
    private static let standardInput = "-"
}

// MARK: - Reading

extension Form {
    /// The step that the fields describe; `nil`, with the problems noted in the fields, where they describe none.
    mutating func readStep(_ kind: StepKind) -> PlanStep? {
        let step: PlanStep =
            switch kind {
            case .request, .repetition: readRepetition().simplified
            case .pause: .pause(readPause())
            case .records: .records(readRecords())
            }
        return isRead() ? step : nil
    }

    private mutating func readPause() -> Duration {
        read("time", else: .zero, FieldText.pause)
    }

    private mutating func readRepetition() -> RepeatStep {
        let template = RequestTemplate(
            name: readTemplate("name", allowsFields: false) ?? Template(literal: ""),
            language: readTemplate("language", allowsFields: false))
        let count = read("times", else: nil, FieldText.repetitions)
        return RepeatStep(count, template, pacing: readPacing())
    }

    private mutating func readRecords() -> RecordsStep {
        let path = text("file").trimmingSpaces()
        refuse("file", path.isEmpty ? "the path of a CSV or JSON Lines file" : nil)
        let format = readOptional("format", FieldText.format)
        let conditions = read("where", else: [], FieldText.conditions)
        let name = readTemplate("name", allowsFields: true)
        let language = readTemplate("language", allowsFields: true)
        if language != nil, text("name").isEmpty { refuse("name", "needed where a language is given") }
        let step = RecordsStep(
            from: path == Self.standardInput ? .standardInput : .file(path), format: format, where: conditions,
            name.map { RequestTemplate(name: $0, language: language) }, pacing: readPacing())
        if !path.isEmpty, isEmpty("format"), step.effectiveFormat == nil {
            refuse("format", "csv or jsonl: the file's name does not say it")
        }
        return step
    }

    /// - Returns: `nil` for a field that is empty, and for one that cannot be read.
    private mutating func readTemplate(_ label: String, allowsFields: Bool) -> Template? {
        read(label, else: nil) { text throws(FieldProblem) in
            text.isEmpty ? nil : try FieldText.template(text, allowsFields: allowsFields)
        }
    }

    private func isEmpty(_ label: String) -> Bool { text(label).trimmingSpaces().isEmpty }

    /// The pacing; of the fields that the form has not, nothing.
    private mutating func readPacing() -> Pacing {
        let every = readOptional("every", FieldText.time)
        let jitter = readOptional("jitter", FieldText.fraction) ?? 0
        if jitter > 0, isEmpty("every") {
            refuse("jitter", "spreads the times of 'every', which is empty")
        }
        return Pacing(every: every, jitter: jitter, batch: readBatch())
    }

    private mutating func readBatch() -> Pacing.Batch? {
        let size = readOptional("batch", FieldText.count)
        let pause = readOptional("batch pause", FieldText.time)
        if size != nil, isEmpty("batch pause") { refuse("batch pause", "a time, such as 1s") }
        if pause != nil, isEmpty("batch") { refuse("batch", "how many requests come before each pause") }
        guard let size, let pause else { return nil }
        return Pacing.Batch(size: size, pause: pause)
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
