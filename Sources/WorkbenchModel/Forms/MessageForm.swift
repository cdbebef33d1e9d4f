import RPCCore

/// A form for one message into an open stream, and for the next.
struct MessageForm: FormContent {
    private let message: [MessageField]
    private var fields: [Field<String>]

    var order: [WritableKeyPath<Self, FieldInput>] { fields.indices.map { \.fields[$0].input } }

    /// - Parameters:
    ///   - last: The message before, of which the optional fields are offered again.
    ///   - draft: What was typed and not sent.
    init(_ message: [MessageField], _ last: MessageValue, draft: MessageValue?) {
        self.message = message
        fields = message.map {
            $0.isOptional
                ? Field($0.name, (draft ?? last)[$0.name] ?? "", .verbatim, hint: $0.optionalHint)
                : Field(
                    $0.name, draft?[$0.name] ?? "", .verbatim, hint: "enter sends; esc leaves, and keeps what was typed"
                )
        }
    }

    var title: String { "Send into the stream" }

    /// Sends the request that the fields make, as they stand.
    mutating func accept(in state: inout State) -> FormOutcome {
        var request = MessageValue()
        for (index, field) in message.enumerated() {
            let text = fields[index].input.text
            if !field.isOptional || !text.isEmpty { request[field.name] = text }
            if field.isOptional { state.typed[field.name] = text } else { fields[index].input.text = "" }
        }
        state.draft = nil
        return .stays(state.sendTyped(request))
    }

    /// Leaving sends nothing, and loses nothing.
    func putAway(in state: inout State) -> Bool {
        state.draft = MessageValue(inputs.map { MessageValue.Field($0.label, $0.text) })
        return true
    }
}
