/// The files that a tape asks for.
public struct TapeOutputs: Hashable, Sendable {
    /// What is recorded from the first command to the last.
    public private(set) var recordings: [RecordingOutput] = []
    /// What is written in place of what was asked for, a sentence each.
    public private(set) var notes: [String] = []
    private var paths: Set<String> = []

    /// - Parameter others: Files to record besides those that the tape names.
    /// - Throws: ``TapeErrors`` for files of sorts that are not known, and for two that are the same.
    public init(of steps: [TapeStep], and others: [RecordingOutput] = []) throws(TapeErrors) {
        var errors: [TapeError] = []
        for output in others { add(output) }
        for step in steps {
            let problem: String? =
                switch step.command {
                case .output(let path): record(path)
                case .screenshot(let path): take(path)
                default: nil
                }
            if let problem { errors.append(TapeError(file: step.file, at: step.position, problem)) }
        }
        guard errors.isEmpty else { throw TapeErrors(Array(errors.prefix(TapeErrors.limit))) }
    }

    private mutating func record(_ path: String) -> String? {
        if path.hasSuffix("/") {
            notes.append("\(path): no pictures of single frames are made here; Screenshot makes one of the screen")
            return nil
        }
        guard let output = RecordingOutput(path) else {
            return "'\(path.prefix(80))': a recording's file ends with \(RecordingOutput.suffixes)"
        }
        return add(output) ? nil : "\(output.path) is written already by another command"
    }

    private mutating func take(_ path: String) -> String? {
        var written = path
        if path.lowercased().hasSuffix(".png") {
            written = RecordingOutput.picture(for: path)
            notes.append("\(path): no pictures of pixels are made here; \(written) is one of lines and letters")
        }
        return paths.insert(written).inserted ? nil : "\(written) is written already by another command"
    }

    /// - Returns: whether no other is written to the same file.
    @discardableResult
    private mutating func add(_ output: RecordingOutput) -> Bool {
        guard paths.insert(output.path).inserted else { return false }
        recordings.append(output)
        if let note = output.note { notes.append(note) }
        return true
    }
}
