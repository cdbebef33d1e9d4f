import GreeterCore
import GreeterRetry

/// A few text fields and what is done with them.
public struct Form: Hashable, Sendable {
    public enum Purpose: Hashable, Sendable {
        case addRequest
        case editRequest(index: Int)
        case sendMessage
        case find(Pane)
        case server
        case settings
        /// The value of a fault that is written like this: `refuse=N`.
        case fault(form: String)
    }

    public struct Field: Hashable, Sendable {
        public var label: String
        public var text: String
        /// What may be written here.
        public var hint: String
        /// What is wrong with the text.
        public var problem: String?

        public init(_ label: String, _ text: String, hint: String) {
            self.label = label
            self.text = text
            self.hint = hint
        }
    }

    public var purpose: Purpose
    public var fields: [Field]
    /// The field that takes the keys, counted from 0.
    public var focus = 0

    public init(_ purpose: Purpose, fields: [Field]) {
        self.purpose = purpose
        self.fields = fields
    }

    public var title: String {
        switch purpose {
        case .addRequest: "Add a request"
        case .editRequest(let index): "Edit request \(index + 1)"
        case .sendMessage: "Send into the stream"
        case .find(let pane): "Find in \(pane.title.lowercased())"
        case .server: "Server"
        case .settings: "Settings"
        case .fault(let form): "Order \(form)"
        }
    }

    public mutating func moveFocus(by distance: Int) {
        focus = (focus + distance + fields.count) % fields.count
    }
}

// MARK: - Requests

extension Form {
    /// A form for a step that makes requests from a template.
    static func request(_ purpose: Purpose, _ template: RequestTemplate, repeated step: RepeatStep? = nil) -> Form {
        let times = step.map { $0.count.map(String.init) ?? "endless" } ?? "1"
        return Form(
            purpose,
            fields: [
                Field("name", template.name.text, hint: "whom to greet; {i} is the number of the repetition"),
                Field("language", template.language?.text ?? "", hint: "en zh es fr de ja; empty leaves it out"),
                Field("times", times, hint: "how often it is sent: a number, or endless"),
                Field(
                    "every", step?.pacing.every?.exactText ?? "",
                    hint: "from one to the next, such as 100ms; empty: at once"
                ),
            ])
    }

    /// The step that the fields describe; `nil`, with the problems noted in the fields, where they describe none.
    /// - Parameter present: The step that is edited; what has no field is taken over from it.
    mutating func readStep(inPlaceOf present: PlanStep? = nil) -> PlanStep? {
        let name = readTemplate(0)
        let language = readTemplate(1)
        let times = fields[2].text == "endless" ? Int.max : Int(fields[2].text) ?? 0
        let isCount = times == .max || (1...RepeatStep.maximumCount).contains(times)
        fields[2].problem = isCount ? nil : "a whole number from 1 to \(RepeatStep.maximumCount), or endless"
        let every = fields[3].text
        let interval = every.isEmpty ? nil : Duration(text: every)
        fields[3].problem = !every.isEmpty && interval == nil ? "a number and a unit: 100ms, 1.5s, 2m" : nil
        guard let name, let language, isCount, fields[3].problem == nil else {
            focus = fields.firstIndex { $0.problem != nil } ?? focus
            return nil
        }
        var step = RepeatStep(times == .max ? nil : times, RequestTemplate(name: name, language: language.nilIfEmpty))
        if case .repetition(let present)? = present { step.pacing = present.pacing }
        step.pacing.every = interval
        return step.simplified
    }

    private mutating func readTemplate(_ index: Int) -> Template? {
        do throws(TemplateError) {
            fields[index].problem = nil
            return try Template(fields[index].text)
        } catch {
            fields[index].problem = error.problem
            return nil
        }
    }

    /// The request that the first two fields, name and language, describe.
    func readRequest() -> HelloRequest {
        HelloRequest(name: fields[0].text, language: fields[1].text.isEmpty ? nil : fields[1].text)
    }

    /// A form for one message into an open stream.
    static func message(language: String) -> Form {
        Form(
            .sendMessage,
            fields: [
                Field("name", "", hint: "enter sends, esc leaves"),
                Field("language", language, hint: "en zh es fr de ja; empty leaves it out"),
            ])
    }
}

extension Template {
    fileprivate var nilIfEmpty: Template? { text.isEmpty ? nil : self }
}

extension RepeatStep {
    /// A single request without places is no repetition.
    fileprivate var simplified: PlanStep {
        guard count == 1, pacing == Pacing(), let name = template.name.constant else { return .repetition(self) }
        guard let language = template.language else { return .request(HelloRequest(name: name)) }
        return language.constant.map { .request(HelloRequest(name: name, language: $0)) } ?? .repetition(self)
    }
}

// MARK: - Settings

extension Form {
    static func settings(_ settings: CallSettings) -> Form {
        Form(
            .settings,
            fields: [
                Field("deadline", settings.deadline?.text ?? "none", hint: "such as 30s, or none"),
                Field(
                    "hold open", settings.holdsOpen ? "yes" : "no",
                    hint: "yes: a stream stays open after the plan, until it is half-closed"),
                Field(
                    "retry", settings.retry.mode.rawValue, hint: "off, restart the plan, or resume after the answers"),
                Field("attempts", String(settings.retry.maximumAttempts), hint: "in all, from 1 to 100"),
                Field("back-off", settings.retry.backoff.initial.text, hint: "the first delay, such as 500ms"),
                Field("at most", settings.retry.backoff.maximum.text, hint: "the longest delay, such as 10s"),
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

extension String {
    func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
