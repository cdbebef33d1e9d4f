import GRDB

/// The tables, and how a database says that it is ours and of which version.
enum Schema {
    /// `GTHY`, in the header of the file (`PRAGMA application_id`).
    static let application = 0x4754_4859
    /// The newest version that this program knows (`PRAGMA user_version`).
    ///
    /// 2 has the same tables as 1. In its blocks messages may have a place among the answers, which 1 does not know.
    static let version = 2

    /// Makes the tables where there are none. Comes in a transaction.
    static func create(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version")
        guard version == 0 else {
            if version == 1 { try db.execute(sql: "PRAGMA user_version = \(Self.version)") }
            return try addColumns(db)
        }
        try db.execute(
            sql: """
                CREATE TABLE call (
                  id INTEGER PRIMARY KEY AUTOINCREMENT,
                  state INTEGER NOT NULL,
                  started REAL NOT NULL,
                  start INTEGER NOT NULL,
                  server TEXT NOT NULL,
                  kind TEXT NOT NULL,
                  options TEXT NOT NULL,
                  plan TEXT,
                  directory TEXT NOT NULL,
                  imported INTEGER NOT NULL,
                  attempts INTEGER NOT NULL DEFAULT 0,
                  sent INTEGER NOT NULL DEFAULT 0,
                  received INTEGER NOT NULL DEFAULT 0,
                  replies INTEGER,
                  answered INTEGER NOT NULL DEFAULT 0,
                  refused INTEGER NOT NULL DEFAULT 0,
                  events INTEGER NOT NULL DEFAULT 0,
                  bytes INTEGER NOT NULL DEFAULT 0,
                  lasted INTEGER NOT NULL DEFAULT 0,
                  code INTEGER,
                  status TEXT,
                  cause TEXT
                );
                CREATE INDEX call_started ON call (started);
                CREATE TABLE block (
                  id INTEGER PRIMARY KEY,
                  call INTEGER NOT NULL,
                  stream INTEGER NOT NULL,
                  first INTEGER NOT NULL,
                  count INTEGER NOT NULL,
                  first_time INTEGER NOT NULL,
                  last_time INTEGER NOT NULL,
                  data BLOB NOT NULL
                );
                CREATE UNIQUE INDEX block_place ON block (call, stream, first, count, first_time, last_time);
                PRAGMA application_id = \(application);
                PRAGMA user_version = \(Self.version);
                """)
    }

    /// Adds what earlier programs do without: they leave it empty, and the version is the same.
    private static func addColumns(_ db: Database) throws {
        guard try !db.columns(in: "call").contains(where: { $0.name == "replies" }) else { return }
        try db.execute(sql: "ALTER TABLE call ADD COLUMN replies INTEGER")
    }
}

/// How far a recorded call has come, as the column `state` says.
enum CallRowState: Int {
    case running = 0
    case ended = 1
    /// The program was gone before the call had ended.
    case interrupted = 2
    /// The call went on, and the history did not.
    case incomplete = 3
    /// Is being deleted, and not seen any more.
    case deleted = 4
}
