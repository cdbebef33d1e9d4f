import RPCCore

/// What the doctor found out about one step on the way to a server.
struct Finding: Sendable {
    enum Step: String, CaseIterable, Sendable {
        case proxy, resolve, connect
        case tls = "TLS"
        case health
        case http2 = "HTTP/2"
        case upgrade
        case unary
        case serverStream = "server-stream"
        case clientStream = "client-stream"
        case bidirectional = "bidi"

        /// The step that calls this kind.
        init(calling kind: CallKind) {
            switch kind {
            case .unary: self = .unary
            case .serverStream: self = .serverStream
            case .clientStream: self = .clientStream
            case .bidirectional: self = .bidirectional
            }
        }
    }

    enum Result: Sendable {
        /// It works; the text says what was seen.
        case works(String)
        case fails(CallError)
        /// It was not tried; the text says why.
        case skipped(String)
    }

    var step: Step
    var result: Result
    /// How long it took.
    var duration: Duration?

    /// Whether it is a call of a method that the server does not have.
    var isAbsence: Bool {
        guard case .skipped = result, duration != nil else { return false }
        return [.unary, .serverStream, .clientStream, .bidirectional].contains(step)
    }

    var error: CallError? {
        if case .fails(let error) = result { error } else { nil }
    }
}

extension Finding {
    /// One line for people, not yet made safe for a terminal.
    var line: String {
        let (mark, text) =
            switch result {
            case .works(let text): ("ok", text)
            case .fails(let error): ("FAILED", "\(error); try: \(error.advice ?? Self.lastAdvice)")
            case .skipped(let reason): ("-", reason)
            }
        let columns = [mark.padded(to: 7), step.rawValue.padded(to: 14), (duration?.text ?? "").padded(to: 8), text]
        return columns.joined(separator: " ")
    }

    private static let lastAdvice = "look into the server's log for this moment"

    /// The same for machines, as a line of JSON. A key without a value is left out.
    func appendJSON(to output: inout JSONText) {
        output.append(raw: "{")
        output.field("step", step.rawValue)
        switch result {
        case .works(let text):
            output.field("result", "ok")
            output.field("detail", text)
        case .fails(let error):
            output.field("result", "failed")
            output.field("code", error.code.rawValue)
            output.field("status", error.code.name)
            output.field("detail", "\(error)")
            output.field("advice", error.advice ?? Self.lastAdvice)
        case .skipped(let reason):
            output.field("result", "skipped")
            output.field("detail", reason)
        }
        output.number("seconds", duration?.secondsText)
        output.append(raw: "}\n")
    }
}
