import Foundation
import GRDB

/// The open database of the history: `history.sqlite` in a folder.
///
/// It is in WAL mode, so that reading and writing do not wait for each other, and synchronises the log with the disk at the end
/// of every transaction (`synchronous = FULL`): with `NORMAL` a power cut would lose all since the last checkpoint, and not only
/// the last batch. A connection caches at most 2 MiB; there are at most three.
struct HistoryDatabase: Sendable {
    /// Where the files of one history are.
    let path: String
    let pool: DatabasePool
    let locks: CallLocks
    /// What was found at the start and people should know, one sentence each.
    var findings: [String] = []

    /// How long another program's transaction is waited for: 10 s.
    private static let timeout = 10.0
    /// Bytes of a page: rows are blocks of some kilobytes.
    private static let pageSize = 4096
    /// A database that is larger is not read whole at the start; of it the table of calls is checked: 256 MiB.
    private static let checkLimit = 256 << 20

    /// Opens the history of a folder, and makes both where they are not there. Takes its time.
    /// - Throws: ``HistoryError`` where it cannot be used. A damaged one is set aside.
    init(folder: String, now: Date) throws(HistoryError) {
        path = "\(folder)/history.sqlite"
        try Self.makeFile(path, in: folder)
        locks = try CallLocks(path: "\(folder)/history.lock")
        do {
            pool = try Self.open(path)
        } catch {
            guard error.kind == .damaged else { throw error }
            let place = try Self.setAside(path, now: now)
            findings.append("\(error); it was set aside as \(place), and a new history begins")
            try Self.makeFile(path, in: folder)
            pool = try Self.open(path)
        }
    }

    /// Moves the log into the database, as far as nobody else is reading it. The files are closed with the last one who uses
    /// the database: a connection that is closed under a reader would end the program.
    func checkpoint() {
        // What fails here is done by the next program that opens it.
        try? pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 200")
            try db.checkpoint(.truncate)
        }
    }

    /// Makes the folder and an empty file that only the owner can read. SQLite gives its other files the same mode.
    private static func makeFile(_ path: String, in folder: String) throws(HistoryError) {
        // What goes wrong here shows when the file is opened.
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Never opened where it is there: to close it would drop the locks that SQLite has on it in this process.
        if try OwnFile.exists(path) {
            chmod(path, 0o600)
        } else {
            Foundation.close(try OwnFile.open(path))
        }
    }

    private static func open(_ path: String) throws(HistoryError) -> DatabasePool {
        do {
            try examine(path)
            var configuration = Configuration()
            configuration.label = "greeter.history"
            configuration.busyMode = .timeout(timeout)
            configuration.maximumReaderCount = 2
            configuration.qos = .utility
            configuration.prepareDatabase { db in
                guard !db.configuration.readonly else { return }
                // Both count for a database that is made now only.
                try db.execute(sql: "PRAGMA page_size = \(pageSize); PRAGMA auto_vacuum = INCREMENTAL")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                // On Linux fullfsync changes nothing; elsewhere a synchronisation would stop at the disk's own memory.
                try db.execute(
                    sql: """
                        PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA journal_size_limit = \(64 << 20);
                        PRAGMA temp_store = MEMORY
                        """)
            }
            try Schema.migrate(pool)
            return pool
        } catch {
            throw HistoryError(error, at: path)
        }
    }

    /// Looks whose the database is, and whether it is whole, before anything is written to it.
    private static func examine(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(timeout)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { db in
            let number = { (sql: String) in try Int.fetchOne(db, sql: sql) ?? 0 }
            let application = try number("PRAGMA application_id")
            let version = try number("PRAGMA user_version")
            if application == 0, version == 0, try number("SELECT count(*) FROM sqlite_schema") == 0 { return }
            guard application == Schema.application else {
                throw HistoryError(.foreign, "\(path): is another program's database, and left as it is")
            }
            guard try !Schema.isNewer(db, version: version) else {
                throw HistoryError(
                    .newer,
                    "\(path): a newer version of greeter-tui has written it (\(version)), and it is left as it is")
            }
            try check(db)
        }
        try queue.close()
    }

    /// - Throws: `DatabaseError` where something is wrong with it.
    private static func check(_ db: Database) throws {
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let check = pages * pageSize > checkLimit ? "PRAGMA quick_check('call')" : "PRAGMA quick_check(1)"
        let result = try String.fetchOne(db, sql: check)
        guard result == "ok" else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: result ?? "the check found nothing")
        }
    }

    /// Gives a damaged database another name, its log included.
    /// - Returns: the name.
    private static func setAside(_ path: String, now: Date) throws(HistoryError) -> String {
        let stamp = now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        let names = ["\(path).damaged-\(stamp)"] + (2...100).map { "\(path).damaged-\(stamp)-\($0)" }
        guard let place = names.first(where: { access($0, F_OK) != 0 }), rename(path, place) == 0 else {
            throw HistoryError(
                .unwritable, "\(path): is damaged, and cannot be renamed: \(String(cString: strerror(errno)))")
        }
        for suffix in ["-wal", "-shm"] { rename(path + suffix, place + suffix) }
        return place
    }
}
