import RPCCore

/// The path of a field whose value pairs a reply with its request: names with dots between them, through messages to one value.
struct CorrelationPath {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// Candidates that an error lists.
    private static let candidateLimit = 8

    /// Why a kind of message has no such value; `nil` where it has one, or nothing is known of it.
    func problem(in message: any MessageCodec) -> String? {
        if let shape = message.shape { return problem(in: shape) }
        let names = message.fields.map(\.name)
        return names.isEmpty || names.contains(text) ? nil : "there is no field \(Self.unknown(text, among: names))"
    }

    private func problem(in message: any MessageShape) -> String? {
        let steps = text.split(separator: ".", omittingEmptySubsequences: false)
        var message = message
        for (index, step) in steps.enumerated() {
            guard let place = message.index(of: String(step)) else {
                let names = (0..<min(message.count, 1_000)).map { message.field($0).name }
                return "\(message.name) has no field \(Self.unknown(step, among: names))"
            }
            let field = message.field(place)
            let path = steps[...index].joined(separator: ".")
            if field.presence == .repeated || field.presence == .map {
                return "\(path) is \(field.typeText), of which there may be several; expected the path of one value"
            }
            switch field.value {
            case .message(let inner) where index < steps.count - 1: message = inner
            case .message: return "\(path) is a message, \(field.typeText); expected the path of a field in it"
            case .scalar, .enum:
                if index < steps.count - 1 { return "\(path) is \(field.typeText), which has no fields" }
            }
        }
        return nil
    }

    /// A name that is not known, and what may be meant.
    private static func unknown(_ name: some StringProtocol, among names: [String]) -> String {
        let name = String(name)
        let start = "'\(name.prefix(40))'"
        if let near = NearestName.suggestion(for: name, among: names) { return "\(start); did you mean '\(near)'?" }
        guard !names.isEmpty else { return "\(start), nor any other" }
        let rest = names.count > candidateLimit ? ", …" : ""
        return "\(start); it has \(names.prefix(candidateLimit).joined(separator: ", "))\(rest)"
    }
}
