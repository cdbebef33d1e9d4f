import GRDB

/// Why the history cannot be read or written, in one sentence for people.
public struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// A newer version of the program has written it.
        case newer
        /// The file is another program's database.
        case foreign
        /// The folder or the file cannot be written, or is none.
        case unwritable
        case diskFull
        /// Another program has held it for too long.
        case busy
        /// It is no database any more, or not whole.
        case damaged
        /// There is no such call, or it goes on.
        case noSuchCall
        /// What is imported is no transcript.
        case malformed
        /// The machine has failed to read or write.
        case machine
    }

    public let kind: Kind
    public let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What a failure of the database means.
    init(_ error: any Error, at path: String) {
        if let error = error as? HistoryError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            let isDamage = error is BlockDamage || error is RowDecodingError
            self.init(
                isDamage ? .damaged : .machine, "\(path): \(isDamage ? "part of it is damaged" : "\(error)")")
            return
        }
        let reason = error.message ?? "error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self.init(.diskFull, "\(path): the disk is full")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.unwritable, "\(path): cannot be written: \(reason)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, "\(path): another program has held it for too long")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.damaged, "\(path): is damaged: \(reason)")
        // The limit on the size of files counts as a full disk; SQLite calls both failures of the machine.
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE:
            self.init(.diskFull, "\(path): nothing more can be written to it: \(reason)")
        default: self.init(.machine, "\(path): \(reason)")
        }
    }

    /// What is thrown for a failure of the database: it says what is wrong, but where the task was cancelled.
    static func explained(_ error: any Error, at path: String) -> any Error {
        error is CancellationError ? error : HistoryError(error, at: path)
    }
}
