public import Plans
public import RPCCore

extension PlanRun {
    /// Makes requests for one name over and over; places such as `{i}` are filled in.
    public static func repeating(
        _ name: String, _ count: Int?, language: String? = nil, every: Duration? = nil
    ) -> PlanRun {
        PlanRun(PlanDocument(steps: [.repeating(name, count, language: language, every: every)]))
    }
}

extension PlanStep {
    /// A request for one name over and over; places such as `{i}` are filled in.
    public static func repeating(
        _ name: String, _ count: Int?, language: String? = nil, every: Duration? = nil
    ) -> PlanStep {
        .repetition(RepeatStep(count, .known(name, language), pacing: Pacing(every: every)))
    }
}

extension RequestTemplate {
    /// A template that a test knows to be right.
    public static func known(_ name: String, _ language: String? = nil, allowsFields: Bool = false) -> RequestTemplate {
        do {
            return try RequestTemplate(
                name: Template(name, allowsFields: allowsFields),
                language: language.map { try Template($0, allowsFields: allowsFields) })
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension TextPattern {
    /// A pattern that a test knows to be right.
    public static func known(_ text: String) -> TextPattern {
        do {
            return try TextPattern(text)
        } catch {
            preconditionFailure(error.text)
        }
    }
}
