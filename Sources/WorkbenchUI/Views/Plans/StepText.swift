import Plans
import RPCCore
import TerminalUI

/// The steps of a plan in words: one line for a list, and all of it for the detail pane.
enum StepText {
    /// What a step sends: `Alice`, `pause 500ms`, `from users.csv where active=true send {name}`.
    static func content(of step: PlanStep) -> String {
        switch step {
        case .request(let request): text(request.fields.first.map { ($0.name, $0.text) })
        case .pause(let time): "pause \(time.exactText)"
        case .repetition(let step): text(step.template.fields.first.map { ($0.field.name, $0.template.text) })
        case .records(let step):
            (["from \(step.source.title)"] + conditions(step) + (step.template.map { ["send \($0.summary)"] } ?? []))
                .joined(separator: " ")
        }
    }

    /// The other fields of what a step sends; `-` for none.
    static func rest(of step: PlanStep) -> String {
        switch step {
        case .request(let request): rest(request.fields.map(\.text))
        case .repetition(let step): rest(step.template.fields.map(\.template.text))
        case .pause, .records: ""
        }
    }

    static func rest(_ texts: [String]) -> String {
        texts.count > 1 ? texts.dropFirst().joined(separator: " ") : "-"
    }

    /// How often, and how fast: `×1000 @100ms~20% 50/1s`; empty for what is sent once.
    static func pace(of step: PlanStep, glyphs: Glyphs) -> String {
        switch step {
        case .request, .pause: ""
        case .repetition(let step):
            ([step.count.map { "\(glyphs.times)\($0)" } ?? "endless"] + pace(step.pacing)).joined(
                separator: " ")
        case .records(let step): pace(step.pacing).joined(separator: " ")
        }
    }

    private static func pace(_ pacing: Pacing) -> [String] {
        var parts: [String] = []
        if let every = pacing.every {
            parts.append("@\(every.exactText)" + (pacing.jitter > 0 ? "~\(percentage(pacing.jitter))" : ""))
        }
        if let batch = pacing.batch { parts.append("\(batch.size)/\(batch.pause.exactText)") }
        return parts
    }

    private static func percentage(_ jitter: Double) -> String { "\(Int((jitter * 100).rounded()))%" }

    private static func text(_ field: (name: String, text: String)?) -> String {
        guard let field else { return "-" }
        return field.text.isEmpty ? "(empty \(field.name))" : field.text
    }

    private static func conditions(_ step: RecordsStep) -> [String] {
        step.conditions.isEmpty ? [] : ["where \(step.conditions.map(\.text).joined(separator: " "))"]
    }

    // MARK: In sentences

    /// Everything that a step says.
    /// - Parameters:
    ///   - fields: Of the requests.
    ///   - message: What requests are, where they are not the usual ones.
    static func lines(of step: PlanStep, _ fields: [MessageField], _ message: (any MessageCodec)? = nil) -> [String] {
        switch step {
        case .request(let request): ["\(message?.summary(of: request) ?? request.summary): sent once"]
        case .pause(let time): ["nothing is sent for \(time.exactText)"]
        case .repetition(let step):
            [
                "\(message?.summary(of: step.template.written) ?? step.template.summary): sent "
                    + (step.count.map { $0.counted("time", "times") } ?? "until the stream is ended")
            ] + lines(of: step.pacing)
                + (step.template.first.map { ["the first is \($0.fields.first?.text ?? "")"] } ?? [])
        case .records(let step):
            ["a request for each record of \(step.source.title)"] + conditions(step)
                + [
                    step.template.map { "sent as \($0.summary)" }
                        ?? "each record is a request: \(fields.map(\.name).joined(separator: ", "))"
                ]
                + lines(of: step.pacing)
        }
    }

    private static func lines(of pacing: Pacing) -> [String] {
        var parts: [String] = []
        if let every = pacing.every {
            parts.append(
                "every \(every.exactText)" + (pacing.jitter > 0 ? ", \(percentage(pacing.jitter)) more or less" : ""))
        }
        if let batch = pacing.batch { parts.append("in batches of \(batch.size), \(batch.pause.exactText) apart") }
        return parts.isEmpty ? [] : [parts.joined(separator: ", ")]
    }

    /// What holds for the plan as a whole, where it is not as usual.
    static func lines(of plan: PlanDocument) -> [String] {
        var ends: [String] = []
        if let count = plan.stop.after { ends.append("after \(count.counted("request", "requests"))") }
        if let time = plan.stop.time { ends.append("after \(time.exactText)") }
        if let reply = plan.stop.reply { ends.append("on a reply that matches \(reply.text)") }
        if plan.stop.isManual { ends.append("manually") }
        var lines = ends.isEmpty ? [] : ["the plan ends " + ends.joined(separator: ", or ")]
        if let limit = plan.flow.unanswered {
            let timeout = plan.flow.timeout.map { ", with a timeout of \($0.exactText)" } ?? ""
            lines.append("at most \(limit.counted("request", "requests")) unanswered\(timeout)")
        }
        if let seed = plan.seed { lines.append("seed \(seed)") }
        return lines
    }
}
