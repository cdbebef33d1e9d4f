/// What can be done in the form of a message.
public enum FormCommand: Hashable, Sendable {
    case move(Int)
    case first, last
    /// Edits what has no parts, opens and closes what has, and leaves a row that is edited.
    case activate
    /// Edits the chosen row as text.
    case edit
    case editKey
    case open, close
    /// Sets what is not set, and the other way round.
    case toggle
    case add, remove
    case moveUp, moveDown
    case find, findNext, findPrevious
    case undo, redo
    /// Leaves the row, and edits the next one.
    case nextField(Int)
    /// What was typed is taken over; of the whole form it asks first.
    case leave
    /// Sends the message, or takes it over into the plan.
    case keep
    case giveUp
    /// Shows it as JSON, or as a form again.
    case toggleText
    /// Edits it with the user's own editor.
    case editExternally
    case text(EditedText.Change)
    case moveInText(EditedText.Move)
    case complete

    // What was chosen for the chosen row.
    case choose(String)
    case chooseMember(Int)
    case chooseType(String)

    // What came of an effect.
    case timeCame(String)
    case fileRead(Result<[UInt8], FormFailure>, FileReading)
    case externallyEdited(Result<String, FormFailure>)
}

/// Why something could not be brought into a form.
public struct FormFailure: Error, Hashable, Sendable {
    /// As the end of a sentence. Not yet made safe for a terminal.
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}

/// Which file was read, and when.
public struct FileReading: Hashable, Sendable {
    /// As it was typed.
    public var path: String
    /// The time of day.
    public var time: String

    public init(_ path: String, at time: String) {
        (self.path, self.time) = (path, time)
    }
}

/// What a form needs from outside.
public enum FormEffect: Hashable, Sendable {
    /// Asks for the time so long from now; answers with ``FormCommand/timeCame(_:)``.
    case time(after: Duration)
    /// Reads a file of so many bytes at most; answers with ``FormCommand/fileRead(_:_:)``.
    /// - Parameters:
    ///   - path: As it was typed.
    ///   - folder: Where a relative path begins.
    case readFile(_ path: String, in: String = "", limit: Int)
}
