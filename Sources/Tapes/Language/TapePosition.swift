/// A place in a tape, as editors count it: both from 1, columns in characters.
public struct TapePosition: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension TapePosition: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
