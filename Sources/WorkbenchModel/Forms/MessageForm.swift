import RPCCore

/// A form for one message into an open stream, and for the next.
struct MessageForm: FormContent {
    private let message: [MessageField]
    private var fields: [Field<String>]

    var order: [WritableKeyPath<Self, FieldInput>] { fields.indices.map { \.fields[$0].input } }

    /// - Parameter last: The message before, of which the optional fields are offered again.
    init(_ message: [MessageField], _ last: MessageValue) {
        self.message = message
        fields = message.map {
            $0.isOptional
                ? Field($0.name, last[$0.name] ?? "", .verbatim, hint: $0.optionalHint)
                : Field($0.name, "", .verbatim, hint: "enter sends, esc leaves")
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
        return .stays(state.sendTyped(request))
    }
}
