public import RPCCore

/// One step of a plan.
public enum PlanStep: Hashable, Sendable {
    /// A request that is sent as it stands: braces are braces.
    case request(MessageValue)
    /// Nothing is sent for this time.
    case pause(Duration)
    /// A request that is made from a template, over and over.
    case repetition(RepeatStep)
    /// A request for each record of a file or of standard input.
    case records(RecordsStep)

    /// How many requests it makes, where that is known.
    public var count: Int? {
        switch self {
        case .request: 1
        case .pause: 0
        case .repetition(let step): step.count
        case .records: nil
        }
    }

    /// How fast its requests follow each other, where it makes several.
    private var pacing: Pacing? {
        switch self {
        case .request, .pause: nil
        case .repetition(let step): step.pacing
        case .records(let step): step.pacing
        }
    }

    /// Whether it waits, or never ends.
    var takesItsTime: Bool {
        switch self {
        case .request: false
        case .pause: true
        case .repetition(let step): step.count == nil || step.pacing != Pacing()
        case .records(let step): readsStandardInput || step.pacing != Pacing()
        }
    }

    /// Whether chance has a say in its requests or their times.
    var usesChance: Bool { (template?.usesChance ?? false) || (pacing?.jitter ?? 0) > 0 }

    /// Whether it reads standard input.
    public var readsStandardInput: Bool {
        guard case .records(let step) = self else { return false }
        return step.source == .standardInput
    }

    /// What its requests are made from, where it makes any and says it.
    public var template: RequestTemplate? {
        switch self {
        case .request(let request): RequestTemplate(request)
        case .pause: nil
        case .repetition(let step): step.template
        case .records(let step): step.template
        }
    }

    /// One line for a list: `Alice · en`, `pause 500ms`, `users.csv`. Not yet made safe for a terminal.
    public var summary: String {
        switch self {
        case .request(let request): request.summary
        case .pause(let time): "pause \(time.text)"
        case .repetition(let step): step.template.summary
        case .records(let step):
            step.source.title + (step.template.map { ": \($0.summary)" } ?? "")
        }
    }
}

/// A template that is sent over and over.
public struct RepeatStep: Hashable, Sendable {
    /// The most that a number of requests in a plan may be: 1,000,000,000. More is as good as endless.
    public static let maximumCount = 1_000_000_000

    /// How often, from 1 to ``maximumCount``; `nil` for endless.
    public var count: Int?
    public var template: RequestTemplate
    public var pacing: Pacing

    public init(_ count: Int?, _ template: RequestTemplate, pacing: Pacing = Pacing()) {
        self.count = count
        self.template = template
        self.pacing = pacing
    }
}

/// A request for each record.
public struct RecordsStep: Hashable, Sendable {
    public var source: RecordSource
    /// `nil` where the ending of the file's name says it: see ``RecordFormat/init(path:)``.
    public var format: RecordFormat?
    /// Which records are taken: those that meet all conditions.
    public var conditions: [RecordCondition]
    /// What is made of a record. `nil` where a record is a request: its fields are those of the message, and no others but those
    /// that the conditions name.
    public var template: RequestTemplate?
    public var pacing: Pacing

    public init(
        from source: RecordSource, format: RecordFormat? = nil, where conditions: [RecordCondition] = [],
        _ template: RequestTemplate? = nil, pacing: Pacing = Pacing()
    ) {
        self.source = source
        self.format = format
        self.conditions = conditions
        self.template = template
        self.pacing = pacing
    }

    /// The format: the one that is given, or else the one of the file's name; `nil` where neither says it.
    public var effectiveFormat: RecordFormat? {
        if let format { return format }
        guard case .file(let path) = source else { return .jsonLines }
        return RecordFormat(path: path)
    }
}

/// Where records come from.
public enum RecordSource: Hashable, Sendable {
    /// A file; a relative path begins at the plan's ``PlanDocument/directory``.
    case file(String)
    case standardInput

    /// The path, or `standard input`.
    public var title: String {
        switch self {
        case .file(let path): path
        case .standardInput: "standard input"
        }
    }
}

/// How records are written.
public enum RecordFormat: String, Hashable, Sendable, CaseIterable, SettingText {
    /// Comma-separated values with a line of field names first (RFC 4180).
    case csv
    /// One JSON object a line (https://jsonlines.org).
    case jsonLines = "jsonl"

    /// The format that the ending of a file's name says: `.csv`, or `.jsonl`, `.ndjson`.
    public init?(path: String) {
        switch path.split(separator: ".").last?.lowercased() {
        case "csv": self = .csv
        case "jsonl", "ndjson": self = .jsonLines
        default: return nil
        }
    }
}

/// What a field of a record must be for the record to be taken. A field that is missing counts as empty text.
public struct RecordCondition: Hashable, Sendable {
    public enum Test: Hashable, Sendable {
        /// The field is one of these texts, letter by letter.
        case isOneOf([String])
        /// The field is none of these texts.
        case isNoneOf([String])
        /// The pattern is found in the field.
        case matches(TextPattern)
    }

    public var field: String
    public var test: Test

    public init(_ field: String, _ test: Test) {
        self.field = field
        self.test = test
    }

    /// Whether a field with this text meets the condition.
    public func isMet(by text: String) throws(TextPattern.TooSlow) -> Bool {
        switch test {
        case .isOneOf(let texts): texts.contains(text)
        case .isNoneOf(let texts): !texts.contains(text)
        case .matches(let pattern): try pattern.isFound(in: text)
        }
    }
}

/// How fast the requests of a step follow each other.
public struct Pacing: Hashable, Sendable {
    /// The time from one request to the next; `nil` for as fast as the server takes them.
    public var every: Duration?
    /// By which part of ``every`` chance makes each of these times shorter or longer, from 0 to 1: 0.2 for ±20%.
    public var jitter: Double
    /// Groups with a longer pause between them.
    public var batch: Batch?

    public init(every: Duration? = nil, jitter: Double = 0, batch: Batch? = nil) {
        self.every = every
        self.jitter = jitter
        self.batch = batch
    }

    public struct Batch: Hashable, Sendable {
        /// How many requests are in a group, at least one.
        public var size: Int
        /// The time from the last request of a group to the first of the next, in place of ``Pacing/every``.
        public var pause: Duration

        public init(size: Int, pause: Duration) {
            self.size = size
            self.pause = pause
        }
    }
}
