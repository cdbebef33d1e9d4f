import RPCCore
import Yams

/// Reads a plan out of the nodes of a YAML document.
struct YAMLPlanReader {
    let reader: YAMLReader
    /// Of the requests.
    let message: any MessageCodec
    /// Of the replies; `nil` where that is not known.
    let replies: (any MessageCodec)?
    let directory: String

    func document(_ root: Node) throws(PlanError) -> PlanFile {
        let plan = try reader.mapping(
            root, of: "a plan",
            keys: ["service", "method", "kind", "seed", "requests", "correlate", "flow", "stop", "columns"])
        guard let requests = plan["requests"] else {
            throw reader.error(at: root, "has no 'requests', the list of what is sent")
        }
        var file = PlanFile(document: PlanDocument(directory: directory), place: reader.text.place)
        file.document.kind = try plan.word("kind", among: CallKind.allCases.map(\.rawValue)).flatMap {
            CallKind(rawValue: $0)
        }
        file.document.seed = try plan.value("seed", expected: "a whole number from 0 to \(UInt64.max)") { UInt64($0) }
        for node in try reader.sequence(requests, of: "requests") {
            file.document.steps.append(try step(node))
            file.stepLines.append(node.mark?.line ?? 1)
        }
        file.document.correlate = try plan.read("correlate", correlation)
        file.document.flow = try plan.read("flow", flow) ?? PlanFlow()
        file.document.stop = try plan.read("stop", stop) ?? PlanStop()
        file.document.columns =
            try plan.read("columns") { node throws(PlanError) in
                try texts(node, of: "columns")
            } ?? []
        file.notices = reader.notices.all
        return file
    }

    private func correlation(_ node: Node) throws(PlanError) -> Correlation {
        let fields = try reader.mapping(node, of: "correlate", keys: ["request", "reply"])
        guard let request = try fields.string("request"), let reply = try fields.string("reply") else {
            throw reader.error(at: node, "'correlate' needs both, such as {request: id, reply: request_id}")
        }
        try check(request, of: message, at: fields["request"] ?? node)
        if let replies { try check(reply, of: replies, at: fields["reply"] ?? node) }
        return Correlation(request: request, reply: reply)
    }

    private func check(_ path: String, of message: any MessageCodec, at node: Node) throws(PlanError) {
        if let problem = CorrelationPath(path).problem(in: message) { throw reader.error(at: node, problem) }
    }

    private func flow(_ node: Node) throws(PlanError) -> PlanFlow {
        let flow = try reader.mapping(
            node, of: "flow", keys: ["unanswered", "timeout"], renamed: ["patience": "timeout"])
        return PlanFlow(
            unanswered: try flow.count("unanswered", in: 1...1_000_000), timeout: try flow.duration("timeout"))
    }

    private func stop(_ node: Node) throws(PlanError) -> PlanStop {
        let stop = try reader.mapping(
            node, of: "stop", keys: ["after", "time", "reply", "manual"], renamed: ["hand": "manual"])
        return PlanStop(
            after: try stop.count("after", in: 1...RepeatStep.maximumCount), time: try stop.duration("time"),
            reply: try stop.pattern("reply"), isManual: try stop.flag("manual") ?? false)
    }

    // MARK: Steps

    /// What a step may be, by the key that says it; a request has the fields of the message for keys.
    private enum StepForm: String, CaseIterable {
        case from, `repeat`, send, pause

        var title: String {
            switch self {
            case .from: "a step with 'from'"
            case .repeat: "a repeat"
            case .send: "a step with 'send'"
            case .pause: "a pause"
            }
        }

        var keys: [String] {
            switch self {
            case .from: ["from", "format", "where", "send", "every", "jitter", "batch"]
            case .repeat: ["repeat", "send", "every", "jitter", "batch"]
            case .send: ["send"]
            case .pause: ["pause"]
            }
        }
    }

    /// The keys that say of a step that it is no request.
    static let formKeys = Set(StepForm.allCases.map(\.rawValue))

    private func step(_ node: Node) throws(PlanError) -> PlanStep {
        if messages.isWhole(node) { return .request(try messages.request(node)) }
        let mapping = try reader.mapping(node, of: "a step")
        let keys = mapping.keys
        let form = StepForm.allCases.first { form in keys.contains { $0.name == form.rawValue } }
        guard let form, !isRequest(keys, rather: form) else {
            guard messages.isRequest(keys) else { throw noStep(node, keys) }
            return .request(try messages.request(node))
        }
        let step = try reader.mapping(node, of: form.title, keys: form.keys)
        switch form {
        case .from: return .records(try records(step))
        case .repeat: return .repetition(try repetition(step))
        case .send:
            let template = try template(step, allowsFields: false, count: 1)
            return template.constant.map { .request($0) } ?? .repetition(RepeatStep(1, template))
        case .pause: return .pause(try step.duration("pause", isPositive: false) ?? .zero)
        }
    }

    /// Whether a step is a request with a field that is called as a form of steps is: it has keys that the form does not know, and
    /// none that the message does not.
    private func isRequest(_ keys: [YAMLMapping.Key], rather form: StepForm) -> Bool {
        let known = Set(form.keys)
        return !keys.allSatisfy { known.contains($0.name) } && messages.knows(all: keys)
    }

    private func noStep(_ node: Node, _ keys: [YAMLMapping.Key]) -> PlanError {
        let forms = StepForm.allCases.map(\.rawValue) + message.fields.map(\.name)
        for key in keys where !message.fields.contains(where: { $0.name == key.name }) {
            guard let nearest = NearestName.suggestion(for: key.name, among: forms) else { continue }
            return reader.error(at: key.node, "'\(key.name.prefix(40))' is unknown; did you mean '\(nearest)'?")
        }
        return reader.error(
            at: node,
            "is no step; expected a request such as {\(messages.example)}, or one of pause, repeat, send, from")
    }

    private var messages: YAMLMessageReader { YAMLMessageReader(reader: reader, message: message) }

    private func repetition(_ step: YAMLMapping) throws(PlanError) -> RepeatStep {
        let range = 1...RepeatStep.maximumCount
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound), or endless"
        let count = try step.value("repeat", expected: expected) { text in
            text == "endless" ? Int.max : Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
        return RepeatStep(
            count == .max ? nil : count,
            try template(step, allowsFields: false, count: min(count ?? 1, RepeatStep.maximumCount)),
            pacing: try pacing(step))
    }

    private func records(_ step: YAMLMapping) throws(PlanError) -> RecordsStep {
        let path = try step.string("from") ?? ""
        let format = try step.word("format", among: RecordFormat.allCases.map(\.rawValue))
        let records = RecordsStep(
            from: path == "-" ? .standardInput : .file(path), format: format.flatMap { RecordFormat(rawValue: $0) },
            where: try step.read("where", conditions) ?? [],
            step["send"] == nil
                ? nil : try template(step, allowsFields: true, count: RepeatStep.maximumCount), pacing: try pacing(step)
        )
        guard records.effectiveFormat != nil else {
            throw reader.error(
                at: step["from"] ?? step.node,
                "the ending of '\(path.prefix(100))' does not say how it is written; add 'format: csv' or 'format: jsonl'"
            )
        }
        return records
    }

    // MARK: Parts of steps

    private func template(_ step: YAMLMapping, allowsFields: Bool, count: Int) throws(PlanError) -> RequestTemplate {
        guard let node = step["send"] else {
            throw reader.error(at: step.node, "a repeat has no 'send', what is sent each time")
        }
        return try messages.template(node, allowsFields: allowsFields, count: count)
    }

    private func pacing(_ step: YAMLMapping) throws(PlanError) -> Pacing {
        let pacing = Pacing(
            every: try step.duration("every"),
            jitter: try step.value("jitter", expected: "a part of 'every' from 0% to 100%", Self.fraction) ?? 0,
            batch: try step.read("batch", batch))
        if let jitter = step["jitter"], pacing.every == nil {
            throw reader.error(at: jitter, "'jitter' spreads the times of 'every', which is not there")
        }
        return pacing
    }

    /// `20%`, or the same as a fraction, `0.2`.
    private static func fraction(_ text: String) -> Double? {
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return value.flatMap { (0...1).contains($0) ? $0 : nil }
    }

    private func batch(_ node: Node) throws(PlanError) -> Pacing.Batch {
        let batch = try reader.mapping(node, of: "batch", keys: ["size", "pause"])
        guard let size = try batch.count("size", in: 1...RepeatStep.maximumCount),
            let pause = try batch.duration("pause")
        else { throw reader.error(at: node, "a batch needs both, such as {size: 50, pause: 1s}") }
        return Pacing.Batch(size: size, pause: pause)
    }

    private func conditions(_ node: Node) throws(PlanError) -> [RecordCondition] {
        try reader.mapping(node, of: "where").entries.map { entry throws(PlanError) in
            RecordCondition(entry.key.name, try test(entry.value, of: entry.key.name))
        }
    }

    private func test(_ node: Node, of field: String) throws(PlanError) -> RecordCondition.Test {
        guard node.mapping != nil else { return .isOneOf(try texts(node, of: field)) }
        let test = try reader.mapping(node, of: "a condition", keys: ["not", "matches"])
        switch (test["not"], test["matches"]) {
        case (let not?, nil): return .isNoneOf(try texts(not, of: "not"))
        case (nil, let matches?): return .matches(try reader.pattern(matches, of: "matches"))
        default: throw reader.error(at: node, "a condition has either 'not' or 'matches'")
        }
    }

    private func texts(_ node: Node, of what: String) throws(PlanError) -> [String] {
        guard let list = node.sequence else { return [try reader.string(node, of: what)] }
        guard !list.isEmpty else { throw reader.error(at: node, "'\(what)' is an empty list; expected texts") }
        return try list.map { node throws(PlanError) in try reader.string(node, of: what) }
    }
}
