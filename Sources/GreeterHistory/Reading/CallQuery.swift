import GRDB

/// Which calls are listed.
public struct CallQuery: Hashable, Sendable {
    /// Text that must be in the server, the kind, the status, the cause or the plan, whatever the case of its letters, or be the
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

    private static let shown = "state <> \(CallRowState.deleted.rawValue)"

    func fetch(_ db: Database, locks: CallLocks) throws -> [RecordedCall] {
        var conditions = [Self.shown]
        var arguments = StatementArguments()
        if let before {
            conditions.append("id < ?")
            arguments += [before]
        }
        if let after {
            conditions.append("id > ?")
            arguments += [after]
        }
        if let text, !text.isEmpty {
            let columns = ["server", "kind", "status", "cause", "plan"].map { "\($0) LIKE ? ESCAPE '\\'" }
            conditions.append("(id = ? OR \(columns.joined(separator: " OR ")))")
            arguments += [Int64(text)]
            arguments += StatementArguments(Array(repeating: Self.pattern(text), count: columns.count))
        }
        arguments += [max(0, limit)]
        let order = after == nil ? "DESC" : "ASC"
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT * FROM call WHERE \(conditions.joined(separator: " AND ")) ORDER BY id \(order) LIMIT ?",
            arguments: arguments)
        let calls = try rows.map { try RecordedCall($0, locks: locks) }
        return after == nil ? calls : calls.reversed()
    }

    private static func pattern(_ text: String) -> String {
        let escaped = text.map { "\\%_".contains($0) ? "\\\($0)" : String($0) }
        return "%\(escaped.joined())%"
    }

    /// Those of the numbers that calls have.
    static func known(_ calls: [Int64], _ database: HistoryDatabase) throws -> [Int64] {
        try database.pool.read { db in
            try calls.filter {
                try Bool.fetchOne(db, sql: "SELECT 1 FROM call WHERE id = ? AND \(shown)", arguments: [$0]) == true
            }
        }
    }

    static func call(_ id: Int64, _ database: HistoryDatabase) throws -> RecordedCall? {
        try database.pool.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM call WHERE id = ? AND \(shown)", arguments: [id])
                .map { try RecordedCall($0, locks: database.locks) }
        }
    }
}

extension HistoryStore {
    /// The calls that match, newest first.
    public func calls(_ query: CallQuery = CallQuery()) async throws(HistoryError) -> [RecordedCall] {
        try await reading { database in
            try database.pool.read { try query.fetch($0, locks: database.locks) }
        }
    }

    /// A call.
    /// - Throws: ``HistoryError`` of the kind ``HistoryError/Kind/noSuchCall`` where there is none.
    public func call(_ id: Int64) async throws(HistoryError) -> RecordedCall {
        guard let call = try await reading({ try CallQuery.call(id, $0) }) else {
            throw HistoryError(.noSuchCall, "there is no call \(id) in the history")
        }
        return call
    }
}
