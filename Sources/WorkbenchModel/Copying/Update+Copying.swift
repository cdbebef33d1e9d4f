import Plans
import RPCCore

extension State {
    /// Copies what has the focus, as it is seen: a step, a message, the attempts with their errors, the detail, a record of the wire.
    mutating func copySelection() -> [Effect] {
        switch focus {
        case .compose:
            guard let row = composer.selection else { return say(.warning, "nothing to copy: the plan has no steps") }
            return [.terminal(.copyText(written(row)))]
        case .sent: return copyMessage(of: .sent)
        case .received: return copyMessage(of: .received)
        case .wire: return [.terminal(.copyRecord(row: wire.position.selected))]
        case .detail where detailsWire: return [.terminal(.copyRecord(row: wire.position.selected))]
        case .attempts:
            return call == nil ? say(.warning, "no call has been run yet") : [.terminal(.copyLines(.attempts))]
        case .detail:
            guard let direction = detailDirection, count(of: direction) > 0 else {
                return [.terminal(.copyLines(.detail))]
            }
            return copyMessage(of: direction)
        }
    }

    private func count(of direction: Direction) -> Int { call?.count(of: direction) ?? 0 }

    /// A step as text: a request as JSON, which is what can be pasted again.
    private func written(_ step: PlanStep) -> String {
        guard case .request(let request) = step, let input = presentMethod?.schema.input else { return step.summary }
        return Payload(request, input, .json).json ?? step.summary
    }

    private mutating func copyMessage(of direction: Direction) -> [Effect] {
        guard let number = selectedNumber(in: direction), number <= count(of: direction) else {
            return copied(.nothing)
        }
        return [.terminal(.copyMessage(direction, number: number, messageView))]
    }

    // MARK: By name

    /// Offers everything that can be copied of what is looked at.
    mutating func openCopies() -> [Effect] {
        let whole = isPlanCopied ? "the plan" : "the call"
        var items = [Menu.Item(title: focusedTitle, detail: "what the key takes", choice: .copyChosen(.focused))]
        if let error = copiedError {
            items.append(Menu.Item(title: "the error", detail: error.code.name, choice: .copyChosen(.error)))
        }
        items += CommandLineTool.allCases.map { tool in
            Menu.Item(
                title: "\(whole) as a \(tool.rawValue) command line",
                detail: tool == .grpcurl ? "to a gRPC server" : "secrets as references",
                choice: .copyChosen(.commandLine(tool)))
        }
        return open(Menu("Copy", .number, items))
    }

    mutating func copy(_ form: CopyForm) -> [Effect] {
        switch form {
        case .focused: return copySelection()
        case .error: return copiedError.map { [.terminal(.copyText($0.lines.joined(separator: "\n")))] } ?? []
        case .commandLine(let tool):
            return [.writeCommandLine(tool, isPlanCopied ? nextCall : call ?? nextCall)]
        }
    }

    /// Whether a command line is of the next call: from the compose pane, and before the first call.
    private var isPlanCopied: Bool { call == nil || focus == .compose }

    private var copiedError: CallError? {
        call?.progress.outcome?.error ?? call?.progress.attempts.last { $0.failure != nil }?.failure
    }

    private var focusedTitle: String {
        switch focus {
        case .compose: "the step"
        case .sent, .received: "the message"
        case .attempts: "the attempts"
        case .detail: "the detail"
        case .wire: "the record"
        }
    }

    // MARK: What came of it

    mutating func copied(_ outcome: CopyOutcome) -> [Effect] {
        switch outcome {
        case .copied: say(.info, "copied to the clipboard")
        case .nothing: say(.warning, "nothing to copy here: choose a message in the sent or received pane")
        case .tooLong(let count, let limit):
            say(
                .warning,
                "not copied: it has \(count) bytes, and terminals take \(limit); pipe the messages or export the call")
        case .noClipboard: say(.warning, "not copied: this terminal has no clipboard that programs can reach")
        }
    }

    mutating func commandLineWritten(
        _ tool: CommandLineTool, _ result: Result<String, CommandLineProblem>
    ) -> [Effect] {
        switch result {
        case .success(let line): [.terminal(.copyText(line))]
        case .failure(let problem): say(.warning, "no \(tool.rawValue) line: \(problem.reason)")
        }
    }
}

extension CallError {
    /// The error in lines: what happened where, what the server says of it, and what to try. Not yet made safe for a terminal.
    var lines: [String] {
        [description] + (undecoded?.lines ?? []) + saidByServer + (advice.map { ["try: \($0)"] } ?? [])
    }
}
