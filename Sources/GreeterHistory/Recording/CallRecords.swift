import Foundation
import GRDB
import GreeterCore

/// Writes calls to the database. All of it comes in transactions.
enum CallRecords {
    /// Makes the row of a call.
    static func insert(_ call: OpenCall, redaction: Redaction, isImported: Bool = false, _ db: Database) throws -> Int64
    {
        let head = redaction.redacted(call.head)
        try db.cachedStatement(
            sql: """
                INSERT INTO call (state, started, start, server, kind, options, plan, directory, imported)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            CallRowState.running.rawValue, call.started.timeIntervalSince1970, call.start.wholeNanoseconds, head.server,
            head.kind.rawValue, try OptionsText(head.options).json(), head.plan, head.directory, isImported,
        ])
        return db.lastInsertedRowID
    }

    static func insert(_ blocks: [Block], of call: Int64, _ db: Database) throws {
        guard !blocks.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO block (call, stream, first, count, first_time, last_time, data) VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for block in blocks {
            try statement.execute(arguments: [
                call, block.stream.rawValue, block.first, block.count, block.firstTime, block.lastTime,
                Data(block.data),
            ])
        }
    }

    /// Writes how far a call has come.
    static func update(_ call: OpenCall, row: Int64, newBytes: Int, redaction: Redaction, _ db: Database) throws {
        let counters = call.counters
        let delivery = call.outcome?.delivery
        let error = call.outcome?.error
        try db.cachedStatement(
            sql: """
                UPDATE call SET state = ?, attempts = ?, sent = ?, received = ?, replies = ?, answered = ?, refused = ?,
                  events = ?, bytes = bytes + ?, lasted = ?, code = ?, status = ?, cause = ? WHERE id = ?
                """
        ).execute(arguments: [
            call.state.rawValue, counters.attempts, counters.sent, counters.received,
            counters.replies, delivery?.answered ?? counters.answered, delivery?.refused ?? 0, counters.events,
            newBytes,
            counters.lasted, call.outcome?.code.rawValue, call.outcome?.code.name,
            error.map { redaction.redacted($0.cause) }, row,
        ])
    }
}
