import Foundation
import GRDB
import RPCCore

/// A row of the table of calls.
struct CallRow: Codable, Sendable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "call"
    /// Those that are not being deleted.
    static var shown: QueryInterfaceRequest<CallRow> { filter(Column("state") != CallRowState.deleted) }
    /// Those that go on, or have been cut off.
    static var running: QueryInterfaceRequest<CallRow> { filter(Column("state") == CallRowState.running) }

    var id: Int64?
    var state = CallRowState.running
    /// By the clock on the wall, in seconds since 1970, and as ``CallClock/now`` in nanoseconds.
    var started: Double
    var start: Int64
    var server: String
    var kind: String
    var options: String
    var plan: String?
    var directory: String
    var imported: Bool
    var attempts = 0
    var sent = 0
    var received = 0
    /// `nil` where an earlier program has not counted them.
    var replies: Int?
    var answered = 0
    var refused = 0
    /// `nil` where an earlier program has not counted them.
    var unprocessed: Int?
    var events = 0
    var bytes = 0
    var lasted: Int64 = 0
    var code: Int?
    var status: String?
    var cause: String?
    /// The full names of the method and its messages, and the numbers of their definitions; `nil` of what the program knows by
    /// itself.
    var method: String?
    var input: String?
    var output: String?
    var input_definition: Int64?
    var output_definition: Int64?
    /// How the method is called over HTTP, as JSON of a ``RoutesText``.
    var routes: String?

    /// - Parameter head: Without what must not be written.
    init(_ head: CallHead, started: Date, start: Duration, isImported: Bool) throws {
        self.started = started.timeIntervalSince1970
        self.start = start.wholeNanoseconds
        server = head.server
        kind = head.kind.rawValue
        options = try OptionsText(head.options).json()
        plan = head.plan
        directory = head.directory
        imported = isImported
    }

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

/// How far a recorded call has come, as the column `state` says.
enum CallRowState: Int, Codable, DatabaseValueConvertible {
    case running = 0
    case ended = 1
    /// The program was gone before the call had ended.
    case interrupted = 2
    /// The call went on, and the history did not.
    case incomplete = 3
    /// Is being deleted, and not seen any more.
    case deleted = 4
}
