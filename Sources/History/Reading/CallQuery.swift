import GRDB

/// Which calls are listed.
public struct CallQuery: Hashable, Sendable {
    /// Text that must be in the server, the method, the kind, the status, the cause or the plan, whatever the case of its letters, or be the
    /// number of the call; `nil` for all calls.
    public var text: String?
    /// Only calls with smaller numbers: the last one of the page before.
    public var before: Int64?
    /// Only calls with greater numbers, and of those the nearest: the first one of the page after.
    public var after: Int64?
    /// How many at most.
    public var limit: Int

    public init(text: String? = nil, before: Int64? = nil, after: Int64? = nil, limit: Int = 100) {
        self.text = text
        self.before = before
        self.after = after
        self.limit = limit
    }

    /// The rows that match, in their order.
    var rows: QueryInterfaceRequest<CallRow> {
        let id = Column("id")
        var rows = CallRow.shown.order(after == nil ? id.desc : id.asc).limit(max(0, limit))
        if let before { rows = rows.filter(id < before) }
        if let after { rows = rows.filter(id > after) }
        if let text, !text.isEmpty {
            let texts = ["server", "method", "kind", "status", "cause", "plan"]
                .map { Column($0).like(Self.pattern(text), escape: "\\") }
            rows = rows.filter(([id == Int64(text)] + texts).joined(operator: .or))
        }
        return rows
    }

    private static func pattern(_ text: String) -> String {
        let escaped = text.map { "\\%_".contains($0) ? "\\\($0)" : String($0) }
        return "%\(escaped.joined())%"
    }
}

extension HistoryStore {
    /// The calls that match, newest first.
    /// - Throws: ``HistoryError``; `CancellationError` when the task is cancelled.
    public func calls(_ query: CallQuery = CallQuery()) async throws -> [RecordedCall] {
        let calls = try await reading { db, locks in
            try query.rows.fetchAll(db).map { try RecordedCall($0, locks: locks) }
        }
        return query.after == nil ? calls : calls.reversed()
    }

    /// A call.
    /// - Throws: ``HistoryError`` of the kind ``HistoryError/Kind/noSuchCall`` where there is none; `CancellationError` when the
    ///   task is cancelled.
    public func call(_ id: Int64) async throws -> RecordedCall {
        let call = try await reading { db, locks in
            try CallRow.shown.filter(key: id).fetchOne(db).map { try RecordedCall($0, locks: locks) }
        }
        guard let call else { throw HistoryError(.noSuchCall, "there is no call \(id) in the history") }
        return call
    }
}
