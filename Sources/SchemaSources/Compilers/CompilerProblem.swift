import Foundation
import RPCCore

/// What a compiler of `.proto` files has to say.
public struct CompilerProblem: Hashable, Sendable {
    /// The file, as the compiler names it; `nil` where it names none.
    public var file: String?
    /// Counted from 1; `nil` where the whole file is meant.
    public var line: Int?
    /// Counted from 1.
    public var column: Int?
    /// Not yet made safe for a terminal.
    public var message: String
    /// Whether the compiler goes on all the same.
    public var isWarning: Bool

    public init(file: String? = nil, line: Int? = nil, column: Int? = nil, message: String, isWarning: Bool = false) {
        (self.file, self.line, self.column) = (file, line, column)
        (self.message, self.isWarning) = (message, isWarning)
    }

    /// So many are kept.
    static let limit = 100
    /// What buf says of an import, and does not say of which.
    static let missingImport = "imported file does not exist"

    /// Reads what protoc writes to standard error: `FILE:LINE:COLUMN: message`, `FILE: message`, or a message alone.
    static func protoc(_ text: String) -> [CompilerProblem] {
        text.split(separator: "\n").prefix(limit).map { line in protoc(line: line) }
    }

    private static func protoc(line: Substring) -> CompilerProblem {
        if let match = line.wholeMatch(of: /(.+?):(\d{1,9}):(\d{1,9}): (warning: )?(.*)/) {
            return CompilerProblem(
                file: String(match.1), line: Int(match.2), column: Int(match.3), message: String(match.5),
                isWarning: match.4 != nil)
        }
        if let match = line.wholeMatch(of: /([^:]+\.proto): (warning: )?(.*)/) {
            return CompilerProblem(
                file: String(match.1), message: String(match.3), isWarning: match.2 != nil)
        }
        return CompilerProblem(message: String(line))
    }

    /// Reads what buf writes to standard error with `--error-format json`: an object a line; what is none is a message.
    /// - Parameter directory: In which relative paths are meant.
    static func buf(_ text: String, in directory: String) -> [CompilerProblem] {
        struct Annotation: Decodable {
            var path: String?
            var start_line: Int?
            var start_column: Int?
            var message: String
        }
        return text.split(separator: "\n").prefix(limit).map { line in
            guard let annotation = try? JSONDecoder().decode(Annotation.self, from: Data(line.utf8)) else {
                return CompilerProblem(message: String(line))
            }
            let problem = CompilerProblem(
                file: annotation.path, line: annotation.start_line, column: annotation.start_column,
                message: annotation.message)
            return problem.naming(directory)
        }
    }

    /// With the name of the file that is imported, which stands in the line.
    private func naming(_ directory: String) -> CompilerProblem {
        guard message == Self.missingImport, let file, let line, line > 0,
            let bytes = try? FileReading.contents(of: PathText.resolved(file, in: directory), limit: 1 << 20)
        else { return self }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard line <= lines.count, let name = lines[line - 1].firstMatch(of: /"([^"]+)"/)?.1 else { return self }
        var problem = self
        problem.message = "\(message): \(name)"
        return problem
    }
}

extension CompilerProblem: CustomStringConvertible {
    /// `demo/v1/library.proto:3:14: message`.
    public var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return (place.isEmpty ? "" : "\(place): ") + (isWarning ? "warning: " : "") + message
    }
}

/// Why `.proto` files could not be compiled.
public struct CompilerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// In one sentence without a full stop.
    public var message: String
    /// What to try, as one sentence without a full stop.
    public var advice: String?
    /// What the compiler has to say, in its order.
    public var problems: [CompilerProblem]

    init(_ message: String, advice: String? = nil, problems: [CompilerProblem] = []) {
        (self.message, self.advice, self.problems) = (message, advice, problems)
    }

    /// Whether files that are imported were not found.
    var lacksImports: Bool { problems.contains { $0.message.contains(CompilerProblem.missingImport) } }

    public var description: String { ([message] + problems.map(\.description)).joined(separator: "\n") }
}
