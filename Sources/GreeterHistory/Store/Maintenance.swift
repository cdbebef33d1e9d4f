import Foundation
import GRDB

/// What is done to the database between calls, each step a short transaction.
struct Maintenance: Sendable {
    let database: HistoryDatabase
    let limits: HistoryLimits

    /// Blocks that are deleted at a time.
    private static let deletedBlocks = 256
    /// Pages that are given back to the file system at a time.
    private static let returnedPages = 512

    /// Marks the calls as interrupted whose program is gone.
    /// - Returns: a sentence about them, where there are any.
    func markInterrupted() throws -> String? {
        let running = try database.pool.read { db in
            try Int64.fetchAll(db, sql: "SELECT id FROM call WHERE state = \(CallRowState.running.rawValue)")
        }
        let gone = running.filter { !database.locks.isHeld($0) }
        guard let last = gone.last else { return nil }
        let counts = try database.pool.write { db in
            for call in gone {
                try db.execute(
                    sql: "UPDATE call SET state = ? WHERE id = ? AND state = ?",
                    arguments: [CallRowState.interrupted.rawValue, call, CallRowState.running.rawValue])
            }
            return try Row.fetchOne(
                db, sql: "SELECT sent, coalesce(replies, received) AS received FROM call WHERE id = ?",
                arguments: [last])
        }
        let (sent, received): (Int, Int) = (counts?["sent"] ?? 0, counts?["received"] ?? 0)
        let kept = "\(sent) sent and \(received) received are kept"
        return gone.count == 1
            ? "call \(last) was cut off when the program ended; of it \(kept)"
            : "\(gone.count) calls were cut off when the program ended; of the last one, call \(last), \(kept)"
    }

    /// Does one step of what is due.
    /// - Returns: whether there may be more to do.
    func step(now: Date) throws -> Bool {
        if try deleteBlocks() { return true }
        if let call = try callToDelete(now: now) {
            try delete([call])
            return true
        }
        return try returnPages()
    }

    /// Makes calls disappear. What they take on the disk goes step by step.
    func delete(_ calls: [Int64]) throws {
        try database.pool.write { db in
            for call in calls {
                try db.execute(
                    sql: "UPDATE call SET state = ? WHERE id = ?", arguments: [CallRowState.deleted.rawValue, call])
            }
        }
    }

    /// Deletes some blocks of a call that is being deleted, and in the end the call.
    private func deleteBlocks() throws -> Bool {
        let deleted = "SELECT min(id) FROM call WHERE state = \(CallRowState.deleted.rawValue)"
        guard let call = try database.pool.read({ try Int64.fetchOne($0, sql: deleted) }) else { return false }
        try database.pool.write { db in
            try db.execute(
                sql: "DELETE FROM block WHERE id IN (SELECT id FROM block WHERE call = ? LIMIT \(Self.deletedBlocks))",
                arguments: [call])
            if db.changesCount < Self.deletedBlocks {
                try db.execute(sql: "DELETE FROM call WHERE id = ?", arguments: [call])
            }
        }
        return true
    }

    /// The oldest call that is over the limits and does not go on.
    private func callToDelete(now: Date) throws -> Int64? {
        let ended = "state <> \(CallRowState.running.rawValue)"
        return try database.pool.read { db in
            if let age = limits.age {
                let oldest = now.timeIntervalSince1970 - age / .seconds(1)
                let call = try Int64.fetchOne(
                    db, sql: "SELECT id FROM call WHERE started < ? AND \(ended) ORDER BY started LIMIT 1",
                    arguments: [oldest])
                if let call { return call }
            }
            guard let bytes = limits.bytes, try Self.usedBytes(db) > bytes else { return nil }
            return try Int64.fetchOne(db, sql: "SELECT id FROM call WHERE \(ended) ORDER BY started LIMIT 1")
        }
    }

    /// What calls take on the disk.
    private static func usedBytes(_ db: Database) throws -> Int {
        let number = { (name: String) in try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        return (try number("page_count") - number("freelist_count")) * (try number("page_size"))
    }

    /// Gives some of the free pages back.
    private func returnPages() throws -> Bool {
        try database.pool.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard free > 0 else { return false }
            // A page is given back for each row of the result.
            _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(Self.returnedPages))")
            return free > Self.returnedPages
        }
    }
}
