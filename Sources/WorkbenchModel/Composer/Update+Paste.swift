import RPCCore

extension State {
    /// Takes what was pasted where no single field takes it: into the plan, or into the open stream.
    mutating func pasted(_ text: String) -> [Effect] {
        guard let input = presentMethod?.schema.input else { return [] }
        let requests: [MessageValue]
        do throws(FieldProblem) {
            requests = try PastedRequests.read(text, input)
        } catch {
            return say(.warning, "not pasted: \(error.text)")
        }
        switch (requests.count, isSending) {
        case (0, _): return say(.info, "there is nothing to paste but white space")
        case (1, false): return add(requests)
        default: return open(Question.paste(requests, text, sends: isSending))
        }
    }

    /// Whether messages for the open stream are being typed.
    public var isSending: Bool {
        switch overlay {
        case .form(let form): form.content is MessageForm
        case .message(let form): form.isSent
        default: false
        }
    }

    mutating func pasteConfirmed(_ requests: [MessageValue]) -> [Effect] {
        isSending ? requests.flatMap { sendTyped($0) } : add(requests)
    }

    /// Says what became of what a field cannot have.
    mutating func pastedIntoField(_ text: String, lineEnds: Int, tabs: Int) -> [Effect] {
        let effects = edit(text)
        guard lineEnds + tabs > 0 else { return effects }
        let ends = lineEnds > 0 ? [lineEnds.counted("line end", "line ends")] : []
        let all = ends + (tabs > 0 ? [tabs.counted("tab", "tabs")] : [])
        let verb = lineEnds + tabs == 1 ? "has become a space" : "have become spaces"
        return effects + say(.info, "a field has one line: \(all.joined(separator: " and ")) \(verb)")
    }

    private mutating func add(_ requests: [MessageValue]) -> [Effect] {
        if focus != .compose { _ = focus(on: .compose) }
        composer.add(requests.map { .request($0) })
        settle()
        return say(.info, "pasted \(requests.count.counted("request", "requests")); undo takes them back")
    }
}

extension Question {
    /// Before a text becomes more than one request.
    fileprivate static func paste(_ requests: [MessageValue], _ text: String, sends: Bool) -> Question {
        let lines = text.split(whereSeparator: \.isNewline).count.counted("line", "lines")
        let what = requests.count.counted(sends ? "message" : "request", sends ? "messages" : "requests")
        return Question(
            "Paste", [sends ? "Send \(lines) as \(what)?" : "Paste \(lines) as \(what)?"],
            [
                Choice("y", sends ? "send" : "paste", .pasteConfirmed(requests)),
                Choice("n", "leave it", .overlayDismissed),
            ], hasDefault: true)
    }
}
