import GreeterCore
import GreeterRetry

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
            ])
    }

    /// Puts what the fields say into the settings.
    /// - Returns: whether they could be read; the problems are noted in the fields otherwise.
    mutating func readSettings(into settings: inout CallSettings) -> Bool {
        let words = fields.map { $0.text.trimmingSpaces().lowercased() }
        let deadline = words[0] == "none" ? nil : Duration(text: words[0])
        let isDeadlineGood = words[0] == "none" || (deadline ?? .zero) > .zero
        fields[0].problem = isDeadlineGood ? nil : "a number and a unit, such as 30s, or none"
        let hold: Bool? = ["yes": true, "y": true, "no": false, "n": false][words[1]]
        fields[1].problem = hold == nil ? "yes or no" : nil
        let retry = readRetryPolicy(words, present: settings.retry)
        guard isDeadlineGood, let hold, let retry else {
            focus = fields.firstIndex { $0.problem != nil } ?? focus
            return false
        }
        settings.deadline = deadline
        settings.holdsOpen = hold
        settings.retry = retry
        return true
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
