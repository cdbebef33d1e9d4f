import GRDB

/// The tables, how a database says that it is ours and of which version, and how an earlier one becomes one of today.
enum Schema {
    /// `GTHY`, in the header of the file (`PRAGMA application_id`).
    static let application = 0x4754_4859
    /// The newest version that this program knows (`PRAGMA user_version`), by which earlier programs, too, tell that a database
    /// is not for them. A migration raises it after which blocks are written that earlier programs cannot read:
    ///
    /// - 2: messages may have a place among the answers.
    /// - 3: blocks of messages are of version 2, and the database has a table of its migrations.
    static let version = 3

    /// What makes any database of ours one of today, by steps that are named, and never changed once they are released. No
    /// step writes blocks anew: there may be gigabytes of them.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        // Versions 1 and 2 have these tables, and no table of migrations.
        migrator.registerMigration("tables") { try $0.execute(sql: tables) }
        migrator.registerMigration("replies") { try add("replies", "INTEGER", to: $0) }
        migrator.registerMigration("version 3") { try $0.execute(sql: "PRAGMA user_version = 3") }
        migrator.registerMigration("unprocessed") { try add("unprocessed", "INTEGER", to: $0) }
        migrator.registerMigration("definitions") { try $0.execute(sql: definitions) }
        migrator.registerMigration("routes") { try add("routes", "TEXT", to: $0) }
        return migrator
    }()

    /// Adds what is unknown of calls before; some databases of versions 1 and 2 have it.
    private static func add(_ name: String, _ type: String, to db: Database) throws {
        guard try !db.columns(in: "call").contains(where: { $0.name == name }) else { return }
        try db.execute(sql: "ALTER TABLE call ADD COLUMN \(name) \(type)")
    }

    /// What messages are, stored once however many calls are made of them. A number is not used again: programs that have the
    /// history open keep what they have read by it.
    private static let definitions = """
        CREATE TABLE definition (id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
        ALTER TABLE call ADD COLUMN method TEXT;
        ALTER TABLE call ADD COLUMN input TEXT;
        ALTER TABLE call ADD COLUMN output TEXT;
        ALTER TABLE call ADD COLUMN input_definition INTEGER;
        ALTER TABLE call ADD COLUMN output_definition INTEGER;
        """

    private static let tables = """
        CREATE TABLE IF NOT EXISTS call (
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
          answered INTEGER NOT NULL DEFAULT 0,
          refused INTEGER NOT NULL DEFAULT 0,
          events INTEGER NOT NULL DEFAULT 0,
          bytes INTEGER NOT NULL DEFAULT 0,
          lasted INTEGER NOT NULL DEFAULT 0,
          code INTEGER,
          status TEXT,
          cause TEXT
        );
        CREATE INDEX IF NOT EXISTS call_started ON call (started);
        CREATE TABLE IF NOT EXISTS block (
          id INTEGER PRIMARY KEY,
          call INTEGER NOT NULL,
          stream INTEGER NOT NULL,
          first INTEGER NOT NULL,
          count INTEGER NOT NULL,
          first_time INTEGER NOT NULL,
          last_time INTEGER NOT NULL,
          data BLOB NOT NULL
        );
        CREATE UNIQUE INDEX IF NOT EXISTS block_place ON block (call, stream, first, count, first_time, last_time);
        """

    /// Makes the tables where there are none, and brings those of an earlier version up to date.
    static func migrate(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { db in
            // First of all: a database that has a table and not this number is another program's.
            guard try Int.fetchOne(db, sql: "PRAGMA application_id") != application else { return }
            try db.execute(sql: "PRAGMA application_id = \(application)")
        }
        // Several programs may begin at once. Who has waited for another's step finds it done, and looks what is left.
        for _ in migrator.migrations {
            do {
                return try migrator.migrate(pool)
            } catch DatabaseError.SQLITE_CONSTRAINT {}
        }
        try migrator.migrate(pool)
    }

    /// Whether a database is of a later version than this program knows.
    static func isNewer(_ db: Database, version: Int) throws -> Bool {
        try version > Self.version || migrator.hasBeenSuperseded(db)
    }
}
