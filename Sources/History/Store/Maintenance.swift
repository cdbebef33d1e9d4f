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
        let running = try database.pool.read { try CallRow.running.order(Column("id")).fetchAll($0) }
        let gone = running.filter { row in row.id.map { !database.locks.isHeld($0) } ?? false }
        guard let last = gone.last, let id = last.id else { return nil }
        _ = try database.pool.write { db in
            try CallRow.running.filter(keys: gone.map(\.id)).updateAll(
                db, Column("state").set(to: CallRowState.interrupted))
        }
        let kept = "\(last.sent) sent and \(last.replies ?? last.received) received are kept"
        return gone.count == 1
            ? "call \(id) was cut off when the program ended; of it \(kept)"
            : "\(gone.count) calls were cut off when the program ended; of the last one, call \(id), \(kept)"
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
        _ = try database.pool.write { db in
            try CallRow.filter(keys: calls).updateAll(db, Column("state").set(to: CallRowState.deleted))
        }
    }

    /// Deletes some blocks of a call that is being deleted, and in the end the call.
    private func deleteBlocks() throws -> Bool {
        let deleted = CallRow.filter(Column("state") == CallRowState.deleted).order(Column("id"))
        guard let call = try database.pool.read({ try deleted.fetchOne($0) }) else { return false }
        try database.pool.write { db in
            try db.execute(
                sql: "DELETE FROM block WHERE id IN (SELECT id FROM block WHERE call = ? LIMIT \(Self.deletedBlocks))",
                arguments: [call.id])
            guard db.changesCount < Self.deletedBlocks else { return }
            try call.delete(db)
            try call.deleteUnusedDefinitions(in: db)
        }
        return true
    }

    /// The oldest call that is over the limits and does not go on.
    private func callToDelete(now: Date) throws -> Int64? {
        let oldest = CallRow.filter(Column("state") != CallRowState.running).order(Column("started")).limit(1)
        return try database.pool.read { db in
            if let age = limits.age {
                let limit = now.timeIntervalSince1970 - age / .seconds(1)
                if let call = try oldest.filter(Column("started") < limit).fetchOne(db) { return call.id }
            }
            guard let bytes = limits.bytes, try Self.usedBytes(db) > bytes else { return nil }
            return try oldest.fetchOne(db)?.id
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
