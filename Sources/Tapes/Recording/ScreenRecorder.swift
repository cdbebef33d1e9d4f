import TerminalUI

/// Makes a file of what a screen shows.
///
/// Everything it is told is kept until the file is written, so its size is bounded by ``Recording``.
protocol ScreenRecorder {
    /// The screen shows this from now on.
    mutating func show(_ screen: ScreenBuffer, at time: Duration)

    /// A command of the tape is done, and this is what it has led to.
    mutating func finish(_ step: TapeStep, with screen: ScreenBuffer)

    /// How many bytes the file takes so far, more or less.
    var size: Int { get }

    /// The file.
    /// - Parameter end: How long the recording is.
    func contents(end: Duration) -> String
}

extension ScreenRecorder {
    mutating func show(_ screen: ScreenBuffer, at time: Duration) {}
    mutating func finish(_ step: TapeStep, with screen: ScreenBuffer) {}
}
