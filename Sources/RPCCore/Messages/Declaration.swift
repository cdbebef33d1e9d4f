/// Something as it is declared in a `.proto` file, with its comments. Not yet made safe for a terminal.
public struct Declaration: Hashable, Sendable {
    /// A piece of a line.
    public enum Part: Hashable, Sendable {
        case text(String)
        case comment(String)
        /// The name of a type that is declared elsewhere, under its full name.
        case type(String)
        /// Why what stands before it cannot be used.
        case problem(String)

        public var text: String {
            switch self {
            case .text(let text), .comment(let text), .type(let text), .problem(let text): text
            }
        }
    }

    /// The full name of what is declared: `demo.v1.Book`, `demo.v1.Library/GetBook`.
    public var symbol: String
    public var lines: [[Part]]

    public init(_ symbol: String, _ lines: [[Part]]) {
        self.symbol = symbol
        self.lines = lines
    }

    /// All of it.
    public var text: String { lines.map(Self.text).joined(separator: "\n") }

    public static func text(of line: [Part]) -> String { line.map(\.text).joined() }
}
