import Foundation
import GRDB
import RPCCore

/// Finds the blocks of one stream of one call.
struct BlockReader: Sendable {
    let call: Int64
    let stream: BlockStream

    /// The block with an entry of this number, and those that follow: at least one where there is one, and no more than so many
    /// or so many bytes.
    func blocks(from number: Int, atMost limit: Int, bytes: Int, _ db: Database) throws -> [Block] {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT first, count, first_time, last_time, data FROM block
                    WHERE call = ?1 AND stream = ?2 AND first >= ifnull(
                      (SELECT max(first) FROM block WHERE call = ?1 AND stream = ?2 AND first <= ?3), ?3)
                    ORDER BY first LIMIT ?4
                    """), arguments: [call, stream.rawValue, number, limit])
        var blocks: [Block] = []
        var size = 0
        while size < bytes, let row = try cursor.next() {
            let block = try Block(row, of: stream)
            if block.numbers.upperBound > number { blocks.append(block) }
            size += block.data.count
        }
        return blocks
    }

    /// Where the entries begin that are at or after a time, in nanoseconds. Only the index is read, which has the times of blocks.
    /// - Returns: the number of the first entry of a block, and whether that entry is not earlier; `nil` where all are.
    func place(at time: Int64, _ db: Database) throws -> (number: Int, isReached: Bool)? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT first, first_time >= ?3 FROM block WHERE call = ?1 AND stream = ?2 AND last_time >= ?3
                ORDER BY first LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [call, stream.rawValue, time]).map { row in
            guard let number = Int.fromDatabaseValue(row[0]) else { throw BlockDamage() }
            return (number, row[1])
        }
    }
}

extension Block {
    /// - Throws: ``BlockDamage`` where the row has what no block has: SQLite keeps whatever it is given.
    fileprivate init(_ row: Row, of stream: BlockStream) throws {
        func number(_ column: String) throws -> Int64 {
            guard let number = Int64.fromDatabaseValue(row[column] as DatabaseValue) else { throw BlockDamage() }
            return number
        }
        let (first, count) = (try number("first"), try number("count"))
        guard (1...Int64(Int.countLimit)).contains(first), (1...(1 << 32)).contains(count) else { throw BlockDamage() }
        self.init(
            stream: stream, first: Int(first), count: Int(count), firstTime: try number("first_time"),
            lastTime: try number("last_time"),
            data: try row.withUnsafeData(named: "data") { $0.map { Array($0) } ?? [] })
    }
}
