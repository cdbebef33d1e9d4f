/// What is wrong at one place of a tape: what stands there, what was expected, and what was probably meant.
public struct TapeError: Error, Hashable, Sendable {
    /// The tape's file, as it was named.
    public var file: String
    public var position: TapePosition
    /// One sentence without a full stop. May quote the tape: not yet made safe for a terminal.
    public var message: String

    public init(file: String, at position: TapePosition, _ message: String) {
        self.file = file
        self.position = position
        self.message = message
    }
}

extension TapeError: CustomStringConvertible {
    /// `demo.tape:3:1: 'Entr' is no command; did you mean 'Enter'?`
    public var description: String { "\(file):\(position): \(message)" }
}

/// Everything that is wrong with a tape, in the order in which it stands there: at least one error, and at most
/// ``limit``.
public struct TapeErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// Errors that are told; after so many the tape is not read further.
    public static let limit = 20

    public let errors: [TapeError]

    init(_ errors: [TapeError]) {
        self.errors = errors
    }

    /// One line for each error.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
