/// A program for which a call is written as a command line.
public enum CommandLineTool: String, Hashable, Sendable, CaseIterable {
    case greeterTUI = "greeter-tui"
    case grpcurl
}

/// What is put on the clipboard where a user chooses it by name.
public enum CopyForm: Hashable, Sendable {
    /// What the key takes: what has the focus.
    case focused
    /// How the call, or its last attempt, has failed.
    case error
    case commandLine(CommandLineTool)
}

/// What came of copying.
public enum CopyOutcome: Hashable, Sendable {
    case copied
    /// There was nothing where it was to be taken from.
    case nothing
    /// It has so many bytes, and terminals take no more than the limit.
    case tooLong(Int, limit: Int)
    case noClipboard
}

/// Why a call cannot be said as a command line: the end of a sentence, not yet made safe for a terminal.
public struct CommandLineProblem: Error, Hashable, Sendable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
