import TerminalUI

/// What becomes of the screens of a tape: the files that its outputs name.
///
/// Hidden time is cut out. Memory is bounded: a recording whose files grow beyond ``sizeLimit`` is broken off.
struct Recording {
    /// The most bytes that the files of a recording may take together.
    static let standardLimit = 64 << 20

    struct TooLong: Error {}

    private var recorders: [(path: String, recorder: any ScreenRecorder)] = []
    private let speed: Double
    private let sizeLimit: Int
    private(set) var isHidden = false
    /// The time that has been recorded, and since when it goes on.
    private var elapsed = Duration.zero
    private var since = Duration.zero

    /// - Parameters:
    ///   - speed: By what the recording plays faster than what happened.
    ///   - start: The time now.
    init(
        _ outputs: [RecordingOutput], size: Size, look: SVGLook, speed: Double, start: Duration,
        sizeLimit: Int = standardLimit
    ) {
        self.speed = speed
        self.sizeLimit = sizeLimit
        since = start
        recorders = outputs.map { output in
            switch output.form {
            case .text: (output.path, ScreenText())
            case .cast: (output.path, CastFile(size: size, palette: look.palette))
            case .film: (output.path, SVGFilm(look))
            }
        }
    }

    mutating func show(_ screen: ScreenBuffer, at time: Duration) throws(TooLong) {
        guard !isHidden else { return }
        for index in recorders.indices { recorders[index].recorder.show(screen, at: recorded(at: time)) }
        guard recorders.reduce(0, { $0 + $1.recorder.size }) <= sizeLimit else { throw TooLong() }
    }

    mutating func finish(_ step: TapeStep, with screen: ScreenBuffer) {
        guard !isHidden else { return }
        for index in recorders.indices { recorders[index].recorder.finish(step, with: screen) }
    }

    mutating func hide(at time: Duration) {
        guard !isHidden else { return }
        elapsed = recorded(at: time)
        isHidden = true
    }

    mutating func unhide(at time: Duration) {
        guard isHidden else { return }
        since = time
        isHidden = false
    }

    /// The files.
    func files(end: Duration) -> [TapeFile] {
        let end = isHidden ? elapsed : recorded(at: end)
        return recorders.map { TapeFile(path: $0.path, contents: $0.recorder.contents(end: end)) }
    }

    private func recorded(at time: Duration) -> Duration {
        elapsed + (time - since) / speed
    }
}

/// A file that a tape asks for.
public struct TapeFile: Hashable, Sendable {
    public var path: String
    public var contents: String
}
