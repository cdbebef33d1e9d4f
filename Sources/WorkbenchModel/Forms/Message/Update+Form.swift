import Plans
import RPCCore

extension State {
    /// The form of a message, where it lies on top.
    var form: MessageEditor? { overlay?.component as? MessageEditor }

    mutating func perform(_ command: FormCommand) -> [Effect] {
        guard let form = overlays.lazy.reversed().compactMap({ $0.component as? MessageEditor }).first else {
            return []
        }
        switch command {
        case .keep: return keepForm()
        case .giveUp:
            overlays.removeAll { $0.component is MessageEditor }
            return []
        case .leave:
            if form.isTextRefused { return open(form.purpose == .send ? Question.unsendable : .formChanged) }
            if case .rows = form.mode { return leaveForm(form) }
        case .editExternally:
            if form.chosenPath != nil { return browseForField() }
            var effects: [Effect] = []
            alter(MessageEditor.self) { form in
                if case .editing = form.mode { effects = form.finishEditing().effects }
                guard form.awaited == nil else {
                    form.remark = MessageEditor.stillRead
                    return
                }
                effects.append(.terminal(.edit(form.documentForOthers)))
            }
            return effects
        case .externallyEdited(.success(let text)):
            alter(MessageEditor.self) { $0.takeFromOthers(text) }
            return []
        case .externallyEdited(.failure(let failure)):
            alter(MessageEditor.self) { $0.remark = failure.reason }
            return []
        default: break
        }
        var outcome = MessageEditor.Outcome()
        alter(MessageEditor.self) { outcome = $0.perform(command) }
        if let overlay = outcome.overlay { return outcome.effects + open(overlay) }
        return outcome.effects.map { effect in
            guard case .form(.readFile(let path, _, let limit)) = effect else { return effect }
            return .form(.readFile(path, in: workingDirectory, limit: limit))
        }
    }

    private mutating func leaveForm(_ form: MessageEditor) -> [Effect] {
        if form.purpose == .send {
            // It is there again when the next message is typed.
            typedMessages[form.kind.codec.name] = form.message
            return dismissOverlay()
        }
        guard form.isChanged else { return dismissOverlay() }
        return open(Question.formChanged)
    }

    // MARK: Taking over

    /// Takes the message over into the plan, or sends it; where something is wrong, goes there.
    private mutating func keepForm() -> [Effect] {
        var effects: [Effect] = []
        alter(MessageEditor.self) { effects = $0.finishEditing().effects }
        // What a file or the clock has to say comes first.
        guard effects.isEmpty, var form, form.isComplete else { return effects }
        guard form.awaited == nil else {
            alter(MessageEditor.self) { $0.remark = MessageEditor.stillRead }
            return []
        }
        switch form.purpose {
        case .send:
            let message = form.message
            var bytes: [UInt8] = []
            do throws(MessageProblem) {
                try form.kind.codec.write(message, as: .json, to: &bytes)
            } catch {
                form.show(error)
                replaceOverlay(form)
                return []
            }
            typedMessages[form.kind.codec.name] = message
            form.remark = nil
            replaceOverlay(form)
            return sendTyped(message)
        case .request, .records: return keepStep(&form)
        }
    }

    private mutating func keepStep(_ form: inout MessageEditor) -> [Effect] {
        guard let (place, step) = form.step() else {
            replaceOverlay(form)
            return []
        }
        if let problem = step.problem(with: form.kind.codec) {
            form.show(problem)
            replaceOverlay(form)
            return []
        }
        overlays.removeLast()
        if let index = place.index, composer.rows.indices.contains(index), composer.rows[index].says(step) {
            settle()
            return []
        }
        if let index = place.index { composer.replace(at: index, with: step) } else { composer.add(step) }
        settle()
        return []
    }
}

extension Question {
    /// Before a form is left whose message was changed.
    static let formChanged = leaving("The message was changed.", keep: .form(.keep), giveUp: .form(.giveUp))

    /// Before what was typed for the stream is left and is no message.
    static let unsendable = leaving("What was typed is no message yet.", keep: nil, giveUp: .form(.giveUp))

    /// Before any form is left.
    /// - Parameters:
    ///   - reason: What would be lost.
    ///   - keep: Does what the form is for; `nil` where that cannot be done.
    static func leaving(
        _ reason: String, keep: Message? = .overlayAccepted, giveUp: Message = .formGivenUp
    ) -> Question {
        let kept = keep.map { [Choice("k", "keep it", $0)] } ?? []
        return Question(
            "Leave the form", [reason],
            kept + [Choice("d", "drop the changes", giveUp), Choice("n", "go on", .overlayDismissed)],
            hasDefault: !kept.isEmpty)
    }
}
