public import RPCCore
public import TerminalUI

/// One command of a tape, and where it stands.
public struct TapeStep: Hashable, Sendable {
    public var command: TapeCommand
    /// The tape's file, as it was named.
    public var file: String
    public var position: TapePosition

    public init(_ command: TapeCommand, file: String, at position: TapePosition) {
        self.command = command
        self.file = file
        self.position = position
    }
}

/// What a tape can say.
public enum TapeCommand: Hashable, Sendable {
    /// Types text, a grapheme each time; `every` in place of the typing speed.
    case type(String, every: Duration?)
    /// Presses a key so many times.
    case press(KeyEvent, every: Duration?, times: Int)
    /// Scrolls what a terminal keeps of lines that have left the screen; a full-screen program leaves none.
    case scroll(every: Duration?, times: Int)
    case sleep(Duration)
    case wait(TapeWait)
    /// Writes what the screen shows.
    case screenshot(String)
    /// Stops recording, and begins again.
    case hide, show
    case set(TapeSetting)
    /// Names a file for the recording.
    case output(String)
    /// Names a program that must be there.
    case require(String)
    /// Takes in the commands of another tape.
    case source(String)
    /// Sets a variable of the program's environment.
    case environment(name: String, value: String)
    case copy(String)
    case paste
    /// A caption of a video.
    case subtitle(String)
}

/// Waiting until something is on screen.
public struct TapeWait: Hashable, Sendable {
    /// What is looked at.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// The line with the cursor.
        case line = "Line"
        case screen = "Screen"
    }

    public var scope: Scope
    /// In place of the setting `WaitTimeout`.
    public var timeout: Duration?
    /// In place of the setting `WaitPattern`.
    public var pattern: TextPattern?

    public init(_ scope: Scope = .line, timeout: Duration? = nil, pattern: TextPattern? = nil) {
        self.scope = scope
        self.timeout = timeout
        self.pattern = pattern
    }
}

extension TapeCommand {
    /// The word that the command begins with, where that is told to people.
    public var name: String {
        switch self {
        case .type: "Type"
        case .press(let key, _, _): TapeParser.keys.first { $0.value == key }?.key ?? key.name
        case .scroll: "Scroll"
        case .sleep: "Sleep"
        case .wait: "Wait"
        case .screenshot: "Screenshot"
        case .hide: "Hide"
        case .show: "Show"
        case .set: "Set"
        case .output: "Output"
        case .require: "Require"
        case .source: "Source"
        case .environment: "Env"
        case .copy: "Copy"
        case .paste: "Paste"
        case .subtitle: "Subtitle"
        }
    }

    /// Whether it only says how the tape is to be played: such commands stand at the beginning.
    var isPreparation: Bool {
        switch self {
        case .set, .output, .require, .environment, .source: true
        default: false
        }
    }
}
