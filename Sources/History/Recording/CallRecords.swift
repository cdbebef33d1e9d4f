import Foundation
import GRDB
import RPCCore

/// What is to be written of a call: how far it has come, and the blocks that are not on the disk yet.
struct CallWrite {
    let call: OpenCall
    let blocks: [Block]
}

extension HistoryDatabase {
    /// Writes calls in one transaction. Those that are new are marked as running before anybody else can see them.
    /// - Returns: their rows as they are now.
    func write(_ writes: [CallWrite], isImported: Bool = false) throws -> [CallRow] {
        var held: [Int64] = []
        do {
            return try pool.write { db in
                try writes.map { write in
                    let known = write.call.row
                    var row = try write.nextRow(isImported: isImported)
                    if let known {
                        if write.call.hasNewDefinition, let method = write.call.method { try row.set(method, in: db) }
                        try row.updateChanges(db, from: known)
                        if write.call.hasNewDefinition { try known.deleteUnusedDefinitions(in: db) }
                    } else {
                        if let method = write.call.method { try row.set(method, in: db) }
                        try row.insert(db)
                    }
                    guard let id = row.id else { throw BlockDamage() }
                    if known == nil {
                        try locks.hold(id)
                        held.append(id)
                    }
                    for block in write.blocks { try BlockRow(call: id, block: block).insert(db) }
                    return row
                }
            }
        } catch {
            for id in held { locks.release(id) }
            throw error
        }
    }
}

extension CallWrite {
    /// The row that says how far the call has come.
    fileprivate func nextRow(isImported: Bool) throws -> CallRow {
        var row =
            try call.row
            ?? CallRow(call.head, started: call.started, start: call.start, isImported: isImported)
        let (counters, outcome) = (call.counters, call.outcome)
        row.state = call.state
        (row.attempts, row.sent, row.received) = (counters.attempts, counters.sent, counters.received)
        row.replies = counters.replies
        let delivery = outcome?.delivery
        row.answered = delivery?.answered ?? counters.answered
        (row.refused, row.unprocessed) = (delivery?.refused ?? 0, delivery?.unprocessed ?? 0)
        (row.events, row.lasted) = (counters.events, counters.lasted)
        row.bytes += blocks.reduce(0) { $0 + $1.data.count }
        (row.code, row.status) = (outcome?.code.rawValue, outcome?.code.name)
        row.cause = outcome?.error?.cause
        return row
    }
}

/// A row of the table of blocks, to be written.
private struct BlockRow: PersistableRecord {
    static let databaseTableName = "block"

    let call: Int64
    let block: Block

    func encode(to container: inout PersistenceContainer) {
        container["call"] = call
        container["stream"] = block.stream.rawValue
        container["first"] = block.first
        container["count"] = block.count
        container["first_time"] = block.firstTime
        container["last_time"] = block.lastTime
        container["data"] = Data(block.data)
    }
}
