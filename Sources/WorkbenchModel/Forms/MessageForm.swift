import RPCCore

/// A form for one message into an open stream, and for the next.
struct MessageForm: FormContent {
    var name = Field("name", "", .verbatim, hint: "enter sends, esc leaves")
    var language: Field<String>

    var order: [WritableKeyPath<Self, FieldInput>] { [\.name.input, \.language.input] }

    /// What several forms say of a language.
    static let languageHint = "en zh es fr de ja; empty leaves it out"

    init(language: String) {
        self.language = Field("language", language, .verbatim, hint: Self.languageHint)
    }

    var title: String { "Send into the stream" }

    /// Sends the request that the name and the language make, as they stand.
    mutating func accept(in state: inout State) -> FormOutcome {
        let (name, language) = (name.input.text, language.input.text)
        state.typedLanguage = language
        self.name.input.text = ""
        return .stays(state.sendTyped(HelloRequest(name: name, language: language.isEmpty ? nil : language)))
    }
}
