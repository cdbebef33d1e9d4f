import Plans
import RPCCore

/// What is done with a command, and what the form has made of its message.
extension MessageEditor {
    mutating func perform(_ command: FormCommand) -> Outcome {
        switch command {
        // What was asked for from outside, whatever is done meanwhile.
        case .timeCame(let text):
            take(text)
            return .nothing
        case .fileRead(let read, let file):
            take(read, of: file)
            return .nothing
        default: break
        }
        switch mode {
        case .rows where command == .toggleText: showText()
        case .rows: return performInRows(command)
        case .editing(let edit): return performInEditing(edit, command)
        case .finding:
            switch command {
            case .activate, .leave: mode = .rows
            case .move(let distance): return findAgain(forward: distance > 0)
            default: break
            }
        case .text(let text): performInText(text, command)
        }
        return .nothing
    }

    private mutating func findAgain(forward: Bool) -> Outcome {
        let finding = mode
        let outcome = performInRows(forward ? .findNext : .findPrevious)
        mode = finding
        return outcome
    }

    /// Leaves the row that is edited, or the text.
    mutating func finishEditing() -> Outcome {
        switch mode {
        case .rows: break
        case .finding: mode = .rows
        case .editing(let edit): return leave(edit)
        case .text(let text): leaveText(text)
        }
        return .nothing
    }

    /// Whether nothing is being edited.
    var isComplete: Bool { mode == .rows }

    /// The message as it is sent.
    var message: MessageValue {
        MessageValue(fields.map { MessageValue.Field($0.name, $0.text, isJSON: kind.isJSON($0.name)) })
    }

    // MARK: Other editors

    var documentForOthers: String {
        if case .text(let text) = mode { return text.text }
        return kind.document(of: root, writing)
    }

    /// Takes a text over that another editor has made: into the form, where it was one and the text is JSON.
    mutating func takeFromOthers(_ text: String) {
        let wasForm = if case .text = mode { false } else { true }
        if wasForm { showText() }
        guard case .text(var own) = mode, own.text != text else {
            if wasForm { mode = .rows }
            return
        }
        own.replace(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        mode = .text(own)
        remark = nil
        if wasForm { leaveText(own) }
    }

    // MARK: The step

    /// The step that the form describes; `nil` where something in it cannot be read, which it shows then.
    mutating func step() -> (StepPlace, PlanStep)? {
        let place: StepPlace
        let read: PlanStep
        switch purpose {
        case .request(var form):
            (place, read) = (form.place, form.read())
            purpose = .request(form)
        case .records(var form):
            (place, read) = (form.place, form.read())
            purpose = .records(form)
        case .send: return nil
        }
        if let wrong = extraInputs.firstIndex(where: { $0.problem != nil }) {
            select(rows.firstIndex { $0.kind == .extra(wrong) } ?? selected)
            remark = extraInputs[wrong].problem
            return nil
        }
        var template = RequestTemplate([])
        for field in fields {
            let known = kind.codec.fields.first { $0.name == field.name }
            do throws(TemplateError) {
                var described = known ?? MessageField(field.name, isOptional: true)
                // What is set to nothing is set.
                if field.text.isEmpty { described.isOptional = false }
                template.fields.append(
                    RequestTemplate.Field(
                        described, try Template(field.text, allowsFields: writing.allowsFields),
                        isJSON: kind.isJSON(field.name)))
            } catch {
                show(MessageProblem(path: field.name, reason: error.problem))
                return nil
            }
        }
        return (place, read.sending(template))
    }

    /// Goes to the row that a problem is about, and says what it is.
    mutating func show(_ problem: MessageProblem) {
        remark = problem.description
        let path = root.path(problem.path, in: kind.root)
        arrange { value in
            for length in 0..<path.count {
                let outer = path.prefix(length)
                guard var held = value[outer] else { break }
                held.isOpen = true
                if case .message(var message) = held {
                    if case .field(let index) = path[length], case .some(let shown) = message.shown,
                        !shown.contains(index)
                    {
                        message.shown = .all
                    }
                    held = .message(message)
                }
                if length == 0 { value = held } else { value[outer] = held }
            }
        }
        select(path)
    }
}

extension Writing {
    var allowsFields: Bool { self == .template(fromRecord: true) }
}

extension MessageKind {
    /// Whether the text of a field is JSON.
    func isJSON(_ name: String) -> Bool {
        guard !root.isWhole, let index = root.index(of: name) else { return true }
        let field = root.field(index)
        return field.presence == .repeated || field.presence == .map || !(field.value.isText || field.value.isEnum)
    }
}

extension PlanStep {
    /// Whether it is a request of the same texts.
    func says(_ other: PlanStep) -> Bool {
        guard case .request(let own) = self, case .request(let other) = other else { return self == other }
        return own.fields.map { [$0.name, $0.text] } == other.fields.map { [$0.name, $0.text] }
    }

    /// The step with another message.
    fileprivate func sending(_ template: RequestTemplate) -> PlanStep {
        switch self {
        case .request: return RepeatStep(1, template, pacing: Pacing()).simplified
        case .repetition(var step):
            step.template = template
            return step.simplified
        case .records(var step):
            step.template = template.fields.isEmpty ? nil : template
            return .records(step)
        case .pause: return self
        }
    }
}

extension DraftMessage {
    /// The way to what a problem names, as far as it goes: `book.authors[1]`.
    func path(_ text: String, in root: NodeShape) -> DraftPath {
        var (path, rest, node): (DraftPath, Substring, NodeShape?) = ([], text[...], root)
        while let present = node, !rest.isEmpty {
            // The name of an extension stands in brackets.
            let end =
                rest.first == "["
                ? rest.firstIndex(of: "]").map(rest.index(after:)) : rest.firstIndex { $0 == "." || $0 == "[" }
            let name = rest[..<(end ?? rest.endIndex)]
            guard let index = present.index(of: String(name)) else { break }
            path.append(.field(index))
            rest = rest[name.endIndex...]
            if rest.first == "[", let close = rest.firstIndex(of: "]") {
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                rest = rest[rest.index(after: close)...]
                switch place(path, in: root)?.value {
                case .list: Int(inside).map { path.append(.element($0)) }
                case .map(let map):
                    let key = inside.filter { $0 != "\"" }
                    map.entries.firstIndex { $0.key == key }.map { path.append(.entry($0)) }
                default: break
                }
            }
            if rest.first == "." { rest = rest.dropFirst() }
            node = self.node(path, in: root)?.node
        }
        return path
    }
}
