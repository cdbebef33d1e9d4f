public import RPCCore

extension PlanDocument {
    /// What of the plan's requests is none of a kind of message: texts that a field cannot have. What depends on a record is seen
    /// when the record is read.
    public func problems(with message: any MessageCodec) -> [PlanProblem] {
        steps.enumerated().compactMap { index, step in
            step.problem(with: message).map { PlanProblem(step: index + 1, $0.description) }
        }
    }
}

extension PlanStep {
    /// What is wrong with its requests, where they are to be messages of a kind.
    public func problem(with message: any MessageCodec) -> MessageProblem? {
        do throws(MessageProblem) {
            switch self {
            case .request(let request):
                var bytes: [UInt8] = []
                try message.write(request, as: .json, to: &bytes)
            case .pause: break
            case .repetition(let step):
                let placed = PlacedTemplate(step.template, count: step.count ?? RepeatStep.maximumCount)
                _ = try message.writer(of: placed.message, as: .json)
            case .records(let step):
                guard let template = step.template else { break }
                var fields = FieldSelection()
                for name in template.recordFields { _ = fields.add(name, isRequired: true) }
                let placed = PlacedTemplate(template, fields: fields, count: RepeatStep.maximumCount)
                _ = try message.writer(of: placed.message, as: .json)
            }
            return nil
        } catch {
            return error
        }
    }
}
