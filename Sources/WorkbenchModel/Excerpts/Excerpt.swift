public import RPCCore

/// Messages as a pane shows them: those of one direction of the call on screen, with what the pane is narrowed to.
public struct Excerpt: Hashable, Sendable {
    public var direction: Direction
    /// What each of the messages has; `nil` for all of them.
    public var pattern: MessagePattern?

    public init(_ direction: Direction, _ pattern: MessagePattern? = nil) {
        (self.direction, self.pattern) = (direction, pattern)
    }
}

/// How a program has ended that had the terminal.
public struct ProgramEnd: Hashable, Sendable {
    /// As it was asked for. Not yet made safe for a terminal.
    public var command: String
    /// As a shell has it; `nil` where it could not be started.
    public var status: Int32?
    /// Why it did not get all messages, unless it wanted no more.
    public var problem: String?

    public init(_ command: String, status: Int32?, problem: String? = nil) {
        (self.command, self.status, self.problem) = (command, status, problem)
    }
}

/// A form in which a whole call is written to a file.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// Everything, a line for each event; it can be imported.
    case jsonl
    /// The messages, one a row.
    case csv
    /// Lines for people.
    case text

    /// - Returns: what the ending of a file's name says; `nil` where it says nothing of these.
    public init?(path: String) {
        let ending = path.lowercased().split(separator: ".").last.map(String.init) ?? ""
        switch path.contains(".") ? ending : "" {
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        case "txt", "text", "log": self = .text
        default: return nil
        }
    }
}

/// A call that is to be written to a file.
public struct CallExport: Hashable, Sendable {
    /// Its number in the history.
    public var call: Int64
    public var format: ExportFormat
    /// Absolute.
    public var path: String
    /// Whether a file that is there is replaced.
    public var replaces = false

    public init(_ call: Int64, as format: ExportFormat, to path: String, replaces: Bool = false) {
        (self.call, self.format, self.path, self.replaces) = (call, format, path, replaces)
    }
}

/// What came of an export.
public enum ExportOutcome: Hashable, Sendable {
    case exported
    /// Nothing was written: there is a file at the path.
    case exists
    case failed(HistoryProblem)
}
