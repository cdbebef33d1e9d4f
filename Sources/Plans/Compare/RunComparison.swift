import RPCCore

/// Two runs of one plan, side by side.
public struct RunComparison: Hashable, Sendable {
    /// How many differing replies are told one by one.
    public static let differenceLimit = 10

    public var first: RunReport
    public var second: RunReport

    public init(_ first: RunReport, _ second: RunReport) {
        (self.first, self.second) = (first, second)
    }

    /// What there is to see of both, as text.
    public var table: ComparisonTable {
        let rows = zip(facts(of: first), facts(of: second)).map { ComparisonTable.Row($0.0, $0.1, $1.1) }
        return ComparisonTable(
            rows: [ComparisonTable.Row("", first.server, second.server)] + rows, differences: differences)
    }

    private func facts(of run: RunReport) -> [(String, String)] {
        let delivery = run.outcome.delivery
        func time(_ percentile: KeyPath<Percentiles, Duration>) -> String {
            run.timing.roundTrips?[keyPath: percentile].text ?? "none"
        }
        return [
            ("transport", run.transport ?? "none"), ("status", run.outcome.code.name), ("sent", "\(delivery.sent)"),
            ("answered", "\(delivery.answered)"), ("replies", "\(delivery.received)"),
            ("result", run.outcome.result.flatMap { run.reply($0) } ?? "none"),
            ("whole call", run.elapsed.text), ("first reply", run.firstReply?.text ?? "none"),
            ("p50 of a reply", time(\.p50)), ("p95", time(\.p95)), ("p99", time(\.p99)),
        ]
    }

    /// In what the runs differ beside the time that they took, one sentence each; empty where they do not.
    public var differences: [String] {
        var differences: [String] = []
        let (one, other) = (first.outcome, second.outcome)
        if one.code != other.code { differences.append("status: \(one.code.name), and \(other.code.name)") }
        for (run, place) in [(first, "first"), (second, "second")] {
            if let error = run.outcome.error { differences.append("the \(place) failed: \(error)") }
        }
        if one.delivery.sent != other.delivery.sent {
            differences.append("sent: \(one.delivery.sent), and \(other.delivery.sent)")
        }
        if first.replyCount != second.replyCount {
            differences.append("replies: \(first.replyCount), and \(second.replyCount)")
        }
        return differences + replyDifferences
    }

    /// Whether both went well and brought the same.
    public var isSame: Bool { differences.isEmpty }

    private var replyDifferences: [String] {
        guard first.digest != second.digest else { return [] }
        let pairs = zip(first.replies, second.replies).enumerated().filter { $0.element.0 != $0.element.1 }
        var sentences = pairs.prefix(Self.differenceLimit).map { index, pair in
            "reply \(index + 1): \"\(pair.0)\", and \"\(pair.1)\""
        }
        if pairs.count > Self.differenceLimit {
            sentences.append("\(pairs.count - Self.differenceLimit) more of the first \(RunReport.replyLimit) differ")
        } else if pairs.isEmpty, first.replyCount == second.replyCount {
            sentences.append("replies after the first \(RunReport.replyLimit) differ")
        }
        return sentences
    }
}

extension RunReport {
    /// A reply by its number, where it was kept.
    fileprivate func reply(_ number: Int) -> String? {
        replies.indices.contains(number - 1) ? replies[number - 1] : nil
    }
}

/// Two runs as text. What servers said is not yet made safe for a terminal.
public struct ComparisonTable: Hashable, Sendable {
    /// A fact of both runs.
    public struct Row: Hashable, Sendable {
        public var name: String
        public var first: String
        public var second: String

        public init(_ name: String, _ first: String, _ second: String) {
            (self.name, self.first, self.second) = (name, first, second)
        }
    }

    /// The servers, and then what the runs came to.
    public var rows: [Row]
    /// In what they differ beside the time that they took, one sentence each; empty where they do not.
    public var differences: [String]

    public init(rows: [Row], differences: [String]) {
        (self.rows, self.differences) = (rows, differences)
    }
}
