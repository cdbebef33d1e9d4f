import RPCCore

extension Form {
    /// A form for what holds for a plan as a whole.
    static func planSettings(_ plan: PlanDocument) -> Form {
        Form(
            .planSettings,
            fields: [
                Field("kind", plan.kind?.rawValue ?? "", hint: "unary server-stream client-stream bidi; empty: any"),
                Field("stop after", plan.stop.after.map(String.init) ?? "", hint: "so many requests; empty: all"),
                Field(
                    "stop time", plan.stop.time?.exactText ?? "", hint: "from the beginning, such as 30s; empty: none"),
                Field(
                    "stop reply", plan.stop.reply?.text ?? "", hint: "a pattern: a reply that has it ends the stream"),
                Field("by hand", plan.stop.byHand ? "yes" : "no", hint: "yes: without end until you half-close it"),
                Field(
                    "unanswered", plan.flow.unanswered.map(String.init) ?? "",
                    hint: "so many requests may be; 1 waits for each reply; empty: any"),
                Field(
                    "patience", plan.flow.patience?.exactText ?? "",
                    hint: "how long a client stream waits for one; empty: \(PlanFlow.defaultPatience.text)"),
                Field(
                    "seed", plan.seed.map { String($0) } ?? "", hint: "a number: {random} and {uuid} come out the same"),
            ])
    }

    /// Puts what the fields say into the plan.
    /// - Returns: whether they could be read; the problems are noted in the fields otherwise.
    mutating func readPlanSettings(into plan: inout PlanDocument) -> Bool {
        var read = plan
        read.kind = readOptional("kind", FieldText.kind)
        read.stop.after = readOptional("stop after", FieldText.count)
        read.stop.time = readOptional("stop time", FieldText.time)
        read.stop.reply = readOptional("stop reply", FieldText.pattern)
        read.stop.byHand = self.read("by hand", else: false, FieldText.flag)
        read.flow.unanswered = readOptional("unanswered", FieldText.unanswered)
        read.flow.patience = readOptional("patience", FieldText.time)
        read.seed = readOptional("seed", FieldText.seed)
        guard isRead() else { return false }
        plan = read
        return true
    }
}
