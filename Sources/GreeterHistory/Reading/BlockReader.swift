import Foundation
import GRDB
import GreeterCore

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
            let block = try block(row)
            if block.numbers.upperBound > number { blocks.append(block) }
            size += block.data.count
        }
        return blocks
    }

    private func block(_ row: Row) throws -> Block {
        let numbers = try Self.numbers(row)
        return Block(
            stream: stream, first: numbers.lowerBound, count: numbers.count, firstTime: try row.read("first_time"),
            lastTime: try row.read("last_time"),
            data: try row.withUnsafeData(named: "data") { $0.map { Array($0) } ?? [] })
    }

    /// Whatever the row says, numbers that can be counted with.
    private static func numbers(_ row: Row) throws -> Range<Int> {
        let (first, count): (Int, Int) = (try row.read("first"), try row.read("count"))
        guard (1...Int.countLimit).contains(first), (1...(1 << 32)).contains(count) else { throw BlockDamage() }
        return first..<first + count
    }
}
