import RPCCore

extension State {
    /// What the pane in sight shows, be it a list of messages or not; `nil`, with a word about it, where there is nothing.
    private mutating func excerpt() -> Excerpt? {
        let direction = direction
        guard let call, call.count(of: direction) > 0 else {
            _ = say(.warning, call == nil ? "no call has been run yet" : "no message was \(direction.rawValue) yet")
            return nil
        }
        return Excerpt(direction, filters[direction].flatMap { try? MessagePattern(parsing: $0.text) })
    }

    // MARK: Other programs

    /// Asks for a command that is to read the messages shown.
    mutating func openPipe() -> [Effect] {
        guard let excerpt = excerpt() else { return [] }
        let which = "messages \(excerpt.direction.rawValue)\(excerpt.pattern == nil ? "" : " that match")"
        let field = Field("command", "", .verbatim, hint: "\(which), one a line, as JSON: jq .price")
        return open(
            Form(
                LineForm("Pipe the messages shown into a command", field) { _, _, text in
                    text.trimmingSpaces().isEmpty ? [] : [.terminal(.pipe(excerpt, into: text))]
                }))
    }

    /// Lets the user's own editor show the messages.
    mutating func openInEditor() -> [Effect] { excerpt().map { [.terminal(.openInEditor($0))] } ?? [] }

    mutating func programEnded(_ end: ProgramEnd) -> [Effect] {
        guard let status = end.status else { return say(.failure, "'\(end.command)' could not be started") }
        if let problem = end.problem {
            return say(.failure, "'\(end.command)' did not get all messages: \(problem)")
        }
        return status == 0
            ? say(.success, "'\(end.command)' has ended well")
            : say(.failure, "'\(end.command)' has ended with \(status)\(Self.meaning(of: status))")
    }

    /// What a shell means by some statuses.
    private static func meaning(of status: Int32) -> String {
        switch status {
        case 126: ": it cannot be run"
        case 127: ": there is no such command"
        case 129...: ": signal \(status - 128)"
        default: ""
        }
    }

    // MARK: Export

    /// Asks where the call on screen is to be written.
    mutating func openExport() -> [Effect] {
        guard let call else { return say(.warning, "no call has been run yet") }
        guard let number = numberInHistory(of: call) else {
            return say(
                .warning, "only calls of the history can be exported, and this one is not there; pipe its messages")
        }
        return browse(.exportCall(number), text: "call-\(number).jsonl")
    }

    private func numberInHistory(of call: CallState) -> Int64? {
        if let recorded = call.recorded { return recorded.id }
        if case .call(let number) = call.progress.record { return number }
        return nil
    }

    /// Writes a call in the form that the ending of the path says.
    mutating func export(_ call: Int64, to path: String) -> [Effect] {
        guard let format = ExportFormat(path: path) else {
            alter(FileChooser.self) {
                $0.problem = "end the name in .jsonl (everything), .csv (messages) or .txt (lines)"
            }
            return []
        }
        return start(CallExport(call, as: format, to: path))
    }

    mutating func start(_ export: CallExport) -> [Effect] {
        guard pendingExport == nil else { return say(.info, "a call is being exported") }
        pendingExport = export
        return [.history(.export(export))]
    }

    mutating func exported(_ export: CallExport, _ outcome: ExportOutcome) -> [Effect] {
        guard pendingExport == export else { return [] }
        pendingExport = nil
        switch outcome {
        case .exported:
            if case .chooser(let chooser) = overlay, case .exportCall = chooser.purpose { overlays.removeLast() }
            return say(.success, "call \(export.call) is in \(PathText.name(of: export.path))")
        case .exists: return open(Question.replace(export))
        case .failed(let problem):
            guard case .chooser(var chooser) = overlay else { return say(.failure, "not exported: \(problem.text)") }
            chooser.problem = problem.text
            replaceOverlay(chooser)
            return []
        }
    }
}

extension Question {
    /// Before an export replaces a file.
    fileprivate static func replace(_ export: CallExport) -> Question {
        var replacing = export
        replacing.replaces = true
        return Question(
            "Export the call", ["\(PathText.name(of: export.path)) exists."],
            [
                Choice("y", "replace it", .history(.exportConfirmed(replacing))),
                Choice("n", "leave it", .overlayDismissed),
            ])
    }
}
