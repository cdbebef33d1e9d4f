import DequeModule
import RPCCore

import struct Foundation.Date

/// The newest records of the wire, what all of them come to, and which of them have a pattern.
struct WireLog: Sendable {
    /// The records that are kept, the newest.
    static let limit = 10_000

    /// What all of them come to.
    private(set) var summary = WireSummary()
    /// A moment by both clocks; `nil` before anybody has listened.
    var beginning: (time: Duration, wallTime: Date)?
    private var records: Deque<WireRecord> = []
    /// How many were before those that are kept.
    private var forgotten = 0
    private var pattern: MessagePattern?
    /// The places of those that have the pattern among all there were, and how many of them were before those that are kept.
    private var matches: Deque<Int> = []
    private var forgottenMatches = 0

    /// The rows that can be shown, counted from 0 over all there were.
    var rows: Range<Int> {
        pattern == nil
            ? forgotten..<forgotten + records.count : forgottenMatches..<forgottenMatches + matches.count
    }

    /// The record of a row; `nil` where it is not kept.
    func record(atRow row: Int) -> WireRecord? {
        guard rows.contains(row) else { return nil }
        return record(at: pattern == nil ? row : matches[row - forgottenMatches])
    }

    /// The record before that of a row, whether it is shown or not.
    func recordBefore(row: Int) -> WireRecord? {
        guard rows.contains(row) else { return nil }
        return record(at: (pattern == nil ? row : matches[row - forgottenMatches]) - 1)
    }

    private func record(at place: Int) -> WireRecord? {
        let index = place - forgotten
        return records.indices.contains(index) ? records[index] : nil
    }

    mutating func append(_ new: [WireRecord], dropped: Int) {
        summary.drop(dropped)
        for record in new {
            summary.apply(record)
            if let pattern, Self.has(pattern, record) { matches.append(forgotten + records.count) }
            records.append(record)
        }
        let surplus = records.count - Self.limit
        guard surplus > 0 else { return }
        records.removeFirst(surplus)
        forgotten += surplus
        while let first = matches.first, first < forgotten {
            matches.removeFirst()
            forgottenMatches += 1
        }
    }

    /// Shows only what has a pattern; everything for `nil`.
    mutating func filter(_ pattern: MessagePattern?) {
        self.pattern = pattern
        matches = []
        forgottenMatches = 0
        guard let pattern else { return }
        for (index, record) in records.enumerated() where Self.has(pattern, record) {
            matches.append(forgotten + index)
        }
    }

    /// The next row that has a pattern, from a row on and round the end.
    func find(_ pattern: MessagePattern, from row: Int, goesForward: Bool) -> Int? {
        let rows = rows
        guard !rows.isEmpty else { return nil }
        for offset in 0..<rows.count {
            let step = (goesForward ? row + offset : row - offset) - rows.lowerBound
            let place = rows.lowerBound + (step % rows.count + rows.count) % rows.count
            if let record = record(atRow: place), Self.has(pattern, record) { return place }
        }
        return nil
    }

    /// An expression that takes too long is not found.
    private static func has(_ pattern: MessagePattern, _ record: WireRecord) -> Bool {
        (try? pattern.isFound(in: WireText(record).line)) ?? false
    }
}
