/// Reads a tape and the tapes that it takes in.
public struct TapeLoader {
    private let read: (String) throws -> String

    /// - Parameter read: The text of the file of this name, or why it cannot be had.
    public init(read: @escaping (String) throws -> String) {
        self.read = read
    }

    /// The commands of a tape, those of its sources in their places. A source's `Output` is left out, so that it does
    /// not write over the tape's own; sources have no sources.
    /// - Throws: ``TapeErrors``, or what `read` throws for the tape itself.
    public func load(_ file: String) throws -> [TapeStep] {
        let steps = try TapeParser.parse(try read(file), file: file)
        return try steps.flatMap { step in
            guard case .source(let name) = step.command else { return [step] }
            return try source(name, of: step)
        }
    }

    private func source(_ name: String, of step: TapeStep) throws -> [TapeStep] {
        let text: String
        do {
            text = try read(name)
        } catch {
            throw TapeErrors([TapeError(file: step.file, at: step.position, "\(error)")])
        }
        return try TapeParser.parse(text, file: name).filter { inner in
            if case .source = inner.command {
                let error = TapeError(
                    file: inner.file, at: inner.position, "a tape that is a source itself takes in no other")
                throw TapeErrors([error])
            }
            if case .output = inner.command { return false }
            return true
        }
    }
}
