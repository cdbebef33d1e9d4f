public import TerminalUI

/// The program that tapes play.
@MainActor
public protocol TapeProgram: AnyObject {
    /// The name by which it is started.
    var name: String { get }

    /// Runs until the user leaves, or there is no more input.
    /// - Parameters:
    ///   - arguments: Those of the command line, without the program's name.
    ///   - environment: Variables that the tape has set.
    /// - Throws: why it does not run, as a sentence.
    func run(_ arguments: [String], environment: [String: String], on terminal: any TerminalBackend) async throws
}
