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
        for sample in samples {
            var bytes: [UInt8] = []
            do throws(MessageProblem) {
                try message.write(sample, as: .json, to: &bytes)
            } catch {
                return error
            }
        }
        return nil
    }

    /// Some of its requests: where a number or chance fills a place, those with the least and the most.
    private var samples: [MessageValue] {
        switch self {
        case .request(let request): [request]
        case .pause: []
        case .repetition(let step): step.template.samples(count: step.count ?? RepeatStep.maximumCount)
        case .records: []
        }
    }
}

extension RequestTemplate {
    fileprivate func samples(count: Int) -> [MessageValue] {
        guard constant == nil else { return constant.map { [$0] } ?? [] }
        return [(1, Choice.least), (count, Choice.most)].map { number, choice in
            MessageValue(
                fields.compactMap { field in
                    let text = field.template.sample(number: number, choice)
                    return text.isEmpty && field.field.isOptional ? nil : MessageValue.Field(field.field.name, text)
                })
        }
    }
}

/// What chance decides in a sample.
private enum Choice { case least, most }

extension Template {
    fileprivate func sample(number: Int, _ choice: Choice) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .number(let first): String(first &+ number &- 1)
            case .uuid: "00000000-0000-4000-8000-000000000000"
            case .now(.iso): "2026-01-01T00:00:00.000Z"
            case .now(.unix): "1767225600"
            case .now(.milliseconds): "1767225600000"
            case .random(let range): String(choice == .least ? range.lowerBound : range.upperBound)
            case .choice(let words): (choice == .least ? words.first : words.last) ?? ""
            case .field: ""
            }
        }.joined()
    }
}
