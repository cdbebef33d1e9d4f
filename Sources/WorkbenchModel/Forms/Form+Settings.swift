import RPCCore
import Retry

extension Form {
    static func settings(_ settings: CallSettings) -> Form {
        Form(
            .settings,
            fields: [
                Field("deadline", settings.deadline?.exactText ?? "none", hint: "such as 30s, or none"),
                Field(
                    "hold open", settings.holdsOpen ? "yes" : "no",
                    hint: "yes: a stream stays open after the plan, until it is half-closed"),
                Field(
                    "retry", settings.retry.mode.rawValue, hint: "off, restart the plan, or resume after the answers"),
                Field("attempts", String(settings.retry.maximumAttempts), hint: "in all, from 1 to 100"),
                Field("back-off", settings.retry.backoff.initial.exactText, hint: "the first delay, such as 500ms"),
                Field("at most", settings.retry.backoff.maximum.exactText, hint: "the longest delay, such as 10s"),
                Field("times", "\(settings.retry.backoff.multiplier)", hint: "by what each delay is longer, such as 2"),
                Field("jitter", settings.retry.backoff.jitter.rawValue, hint: "none full equal decorrelated 20%"),
                Field(
                    "repeat", settings.retry.allowsRepeatedPost ? "yes" : "no",
                    hint: "yes: send a unary request again that may have been taken"),
                Field(
                    "method", settings.methods[settings.kind] ?? "",
                    hint: "of a \(settings.kind.title) call; empty: the usual"),
            ])
    }

    /// Puts what the fields say into the settings.
    /// - Parameter dialect: What the present server speaks; `nil` where that is not known.
    /// - Returns: whether they could be read; the problems are noted in the fields otherwise.
    mutating func readSettings(into settings: inout CallSettings, _ dialect: ServerAddress.Dialect?) -> Bool {
        let words = fields.map { $0.text.trimmingSpaces().lowercased() }
        let deadline = words[0] == "none" ? nil : Duration(text: words[0])
        let isDeadlineGood = words[0] == "none" || (deadline ?? .zero) > .zero
        fields[0].problem = isDeadlineGood ? nil : "a number and a unit, such as 30s, or none"
        let hold: Bool? = ["yes": true, "y": true, "no": false, "n": false][words[1]]
        fields[1].problem = hold == nil ? "yes or no" : nil
        let retry = readRetryPolicy(words, present: settings.retry)
        let method = fields[9].text.trimmingSpaces()
        fields[9].problem = Self.problem(withMethod: method, dialect)
        guard isDeadlineGood, let hold, let retry, fields[9].problem == nil else {
            focus = fields.firstIndex { $0.problem != nil } ?? focus
            return false
        }
        settings.deadline = deadline
        settings.holdsOpen = hold
        settings.retry = retry
        settings.methods[settings.kind] = method.isEmpty ? nil : method
        return true
    }

    /// What keeps a text from being what is called; `nil` where it can be. The empty text is the usual.
    private static func problem(withMethod text: String, _ dialect: ServerAddress.Dialect?) -> String? {
        guard !text.isEmpty else { return nil }
        let isRoute = text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        let isMethod = text.wholeMatch(of: /\/?([A-Za-z0-9_.]+\/)?[A-Za-z0-9_]+/) != nil
        return switch dialect {
        case .gateway: isRoute ? nil : "a route of the gateway, which begins with /"
        case .grpc: isMethod ? nil : "a method such as SayHello or helloworld.Greeter/SayHello"
        case nil: isRoute || isMethod ? nil : "a route, which begins with /, or a gRPC method"
        }
    }

    /// The policy that the fields from the third on describe; `nil`, with the problem noted, where they describe none.
    private mutating func readRetryPolicy(_ words: [String], present: RetryPolicy) -> RetryPolicy? {
        let mode = RetryMode(rawValue: words[2])
        let jitter = Jitter(rawValue: words[7])
        let mayRepeat: Bool? = ["yes": true, "y": true, "no": false, "n": false][words[8]]
        let (initial, maximum) = (Duration(text: words[4]), Duration(text: words[5]))
        let isRead = [mode != nil, Int(words[3]) != nil, initial != nil, maximum != nil, Double(words[6]) != nil]
        for (index, isGood) in (isRead + [jitter != nil, mayRepeat != nil]).enumerated() {
            fields[index + 2].problem = isGood ? nil : fields[index + 2].hint
        }
        guard let mode, let jitter, let mayRepeat, let initial, let maximum, let attempts = Int(words[3]),
            let multiplier = Double(words[6])
        else { return nil }
        do {
            return try RetryPolicy(
                mode: mode, maximumAttempts: attempts,
                backoff: BackoffPolicy(initial: initial, maximum: maximum, multiplier: multiplier, jitter: jitter),
                retryableCodes: mode == .off ? present.retryableCodes : present.retryableCodes.union([.unavailable]),
                attemptDeadline: present.attemptDeadline, allowsRepeatedPost: mayRepeat)
        } catch {
            fields[3].problem = "\(error)"
            return nil
        }
    }
}
