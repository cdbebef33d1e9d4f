public import RPCCore
import Yams

extension PlanDocument {
    /// The plan in YAML; reading it makes the same plan again. Its ``PlanDocument/directory`` is not part of it, and
    /// a text that begins with a byte order mark loses it: the reader takes it for a sign of the encoding.
    public func yaml() throws(PlanError) -> String {
        do {
            return try Yams.serialize(node: YAMLPlanWriter.node(of: self), width: -1, allowUnicode: true)
        } catch {
            throw PlanError(place: "the plan", problem: "cannot be written as YAML: \(error)")
        }
    }
}

/// Makes the nodes of a plan. What is left out has its usual value.
private enum YAMLPlanWriter {
    static func node(of plan: PlanDocument) -> Node {
        .mapping([
            ("method", plan.method.map { .text($0) }),
            ("kind", plan.kind.map { .text($0.rawValue) }),
            ("seed", plan.seed.map { .plain("\($0)") }),
            ("requests", .list(plan.steps.map(node))),
            (
                "correlate",
                .values([
                    ("request", plan.correlate.map { .text($0.request) }),
                    ("reply", plan.correlate.map { .text($0.reply) }),
                ])
            ),
            (
                "flow",
                .values([
                    ("unanswered", plan.flow.unanswered.map(Node.number)),
                    ("timeout", plan.flow.timeout.map(Node.time)),
                ])
            ),
            (
                "stop",
                .values([
                    ("after", plan.stop.after.map(Node.number)), ("time", plan.stop.time.map(Node.time)),
                    ("reply", plan.stop.reply.map { .text($0.text) }),
                    ("manual", plan.stop.isManual ? .plain("true") : nil),
                ])
            ),
            ("columns", plan.columns.isEmpty ? nil : .texts(plan.columns)),
        ])
    }

    private static func node(of step: PlanStep) -> Node {
        switch step {
        case .request(let request): node(of: request)
        case .pause(let time): .mapping([("pause", .time(time))])
        case .repetition(let step):
            .mapping(
                [
                    ("repeat", step.count.map(Node.number) ?? .plain("endless")),
                    ("send", YAMLMessageWriter.node(of: step.template)),
                ] + entries(of: step.pacing))
        case .records(let step):
            .mapping(
                [
                    ("from", path(of: step.source)), ("format", step.format.map { .text($0.rawValue) }),
                    ("where", .values(step.conditions.map { ($0.field, node(of: $0.test)) })),
                    ("send", step.template.map(YAMLMessageWriter.node)),
                ] + entries(of: step.pacing))
        }
    }

    private static func path(of source: RecordSource) -> Node {
        switch source {
        case .file(let path): .text(path)
        case .standardInput: .plain("-")
        }
    }

    /// A request as it stands; what would be taken for another step is sent by a template without places.
    private static func node(of request: MessageValue) -> Node {
        let message = YAMLMessageWriter.node(of: request)
        guard request.fields.contains(where: { YAMLPlanReader.formKeys.contains($0.name) }) else { return message }
        return .mapping([("send", YAMLMessageWriter.node(of: RequestTemplate(request)))])
    }

    private static func node(of test: RecordCondition.Test) -> Node {
        switch test {
        case .isOneOf(let texts): .texts(texts)
        case .isNoneOf(let texts): .values([("not", .texts(texts))]) ?? .text("")
        case .matches(let pattern): .values([("matches", .text(pattern.text))]) ?? .text("")
        }
    }

    private static func entries(of pacing: Pacing) -> [(String, Node?)] {
        [
            ("every", pacing.every.map(Node.time)),
            ("jitter", pacing.jitter == 0 ? nil : .plain(text(of: pacing.jitter))),
            (
                "batch",
                pacing.batch.flatMap { .values([("size", .number($0.size)), ("pause", .time($0.pause))]) }
            ),
        ]
    }

    /// A percentage where that is exact, a fraction otherwise.
    private static func text(of jitter: Double) -> String {
        let percentage = jitter * 100
        guard percentage / 100 == jitter else { return "\(jitter)" }
        return percentage == percentage.rounded() ? "\(Int(percentage))%" : "\(percentage)%"
    }
}
