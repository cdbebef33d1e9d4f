public import RPCCore

/// What keeps a plan from being run, found before it is.
public struct PlanProblem: Hashable, Sendable, CustomStringConvertible {
    /// The step, counted from 1; `nil` where it is the plan as a whole.
    public var step: Int?
    /// What is wrong, and what to do about it.
    public var text: String

    public init(step: Int? = nil, _ text: String) {
        self.step = step
        self.text = text
    }

    public var description: String { step.map { "step \($0): \(text)" } ?? text }
}

extension PlanDocument {
    /// What keeps the plan from being run as a call of this kind; empty where nothing does.
    /// - Parameter hasStandardInput: Whether records can be read from standard input. Not where it is a workbench's keys.
    public func problems(for kind: CallKind, hasStandardInput: Bool = true) -> [PlanProblem] {
        problems(hasStandardInput) + endlessProblems(for: kind)
    }

    /// What keeps it from being run at all.
    private func problems(_ hasStandardInput: Bool) -> [PlanProblem] {
        var found: [PlanProblem] = []
        var inputs = 0
        for (index, step) in steps.enumerated() {
            let number = index + 1
            switch step {
            case .records(let records):
                if step.readsStandardInput { inputs += 1 }
                if !hasStandardInput, step.readsStandardInput {
                    found.append(
                        PlanProblem(
                            step: number, "standard input is in use here; save the records to a file, and name that"))
                }
                if inputs > 1, step.readsStandardInput {
                    found.append(PlanProblem(step: number, "standard input can be read by one step only"))
                }
                if records.effectiveFormat == nil {
                    found.append(
                        PlanProblem(
                            step: number,
                            "the name of the file does not say how it is written; give format: csv or format: jsonl"))
                }
            case .repetition(let repetition) where repetition.count == nil && number < steps.count:
                found.append(PlanProblem(step: number + 1, "is never reached: step \(number) is endless"))
            default: break
            }
        }
        return found
    }

    /// An endless plan must say what ends it, and it must be something that can happen.
    private func endlessProblems(for kind: CallKind) -> [PlanProblem] {
        let endless = steps.firstIndex {
            if case .repetition(let step) = $0 { step.count == nil } else { false }
        }
        guard let endless, stop.after == nil, stop.time == nil, !stop.isManual else { return [] }
        let advice = "add stop: {after: N}, {time: 30s} or, to end it yourself, {manual: true}"
        guard stop.reply != nil else {
            return [PlanProblem(step: endless + 1, "the plan cannot end: this step is endless; \(advice)")]
        }
        guard kind == .clientStream else { return [] }
        return [
            PlanProblem(
                step: endless + 1,
                "the plan cannot end: a client stream is answered when it has ended, so no reply stops it; \(advice)")
        ]
    }
}
