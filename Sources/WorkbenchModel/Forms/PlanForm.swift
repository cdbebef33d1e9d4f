import Plans
import RPCCore

/// A form for what holds for a plan as a whole.
struct PlanForm: FormContent {
    var kind: Field<CallKind?>
    var after: Field<Int?>
    var time: Field<Duration?>
    var reply: Field<TextPattern?>
    var manual: Field<Bool>
    var unanswered: Field<Int?>
    var timeout: Field<Duration?>
    var seed: Field<UInt64?>

    var order: [WritableKeyPath<Self, FieldInput>] {
        [
            \.kind.input, \.after.input, \.time.input, \.reply.input, \.manual.input, \.unanswered.input,
            \.timeout.input, \.seed.input,
        ]
    }

    init(_ plan: PlanDocument) {
        let kinds = CallKind.allCases.map(\.rawValue)
        kind = Field(
            "kind", plan.kind, .optional(.word(else: "one of \(kinds.joined(separator: ", ")), or nothing")),
            hint: "unary server-stream client-stream bidi; empty: any")
        after = Field("stop after", plan.stop.after, .optional(.count()), hint: "so many requests; empty: all")
        time = Field(
            "stop time", plan.stop.time, .optional(.time), hint: "from the beginning, such as 30s; empty: none")
        reply = Field(
            "stop reply", plan.stop.reply, .optional(.pattern), hint: "a pattern: a reply that has it ends the stream")
        manual = Field("manual", plan.stop.isManual, .flag(), hint: "yes: without end until you half-close it")
        unanswered = Field(
            "unanswered", plan.flow.unanswered, .optional(.count(atMost: 1_000_000)),
            hint: "so many requests may be; 1 waits for each reply; empty: any")
        timeout = Field(
            "timeout", plan.flow.timeout, .optional(.time),
            hint: "how long a client stream waits for one; empty: \(PlanFlow.defaultTimeout.text)")
        seed = Field(
            "seed", plan.seed, .optional(.number(else: "a whole number from 0 to \(UInt64.max)")),
            hint: "a number: {random} and {uuid} come out the same")
    }

    var title: String { "The plan's end, flow and random seed" }

    mutating func accept(in state: inout State) -> FormOutcome {
        var plan = state.composer.document
        plan.kind = kind.readOptional()
        plan.stop = PlanStop(
            after: after.readOptional(), time: time.readOptional(), reply: reply.readOptional(),
            isManual: manual.read() ?? false)
        plan.flow = PlanFlow(
            unanswered: unanswered.readOptional(), timeout: timeout.readOptional())
        plan.seed = seed.readOptional()
        guard isRead else { return .refused }
        if plan.kind != state.composer.document.kind {
            if let kind = plan.kind { state.settings.kind = kind }
            state.chosenKind = nil
        }
        state.composer.set(plan)
        state.settle()
        return .done([])
    }
}
