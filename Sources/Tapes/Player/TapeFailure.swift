/// Why a tape was not played to its end.
public struct TapeFailure: Error, Hashable, Sendable {
    /// The command that failed.
    public var step: TapeStep
    /// One sentence without a full stop.
    public var message: String
    /// The rows of the screen then.
    public var screen: [String]
}

extension TapeFailure: CustomStringConvertible {
    /// `demo.tape:7:1: Wait: not seen within 15s: /Ready/`
    public var description: String { "\(step.file):\(step.position): \(step.command.name): \(message)" }
}
