import RPCCore
import Yams

/// The text of a YAML file: composes its nodes, and says where in it something is wrong.
struct YAMLText {
    /// The most aliases (`*name`) that are taken. Each may stand for a node that holds others, so that without a limit a
    /// small file could mean a very large one.
    static let aliasLimit = 16

    /// What errors call the file.
    let place: String
    let text: String

    /// The node of the file's one document; `nil` where it is empty.
    func compose() throws(PlanError) -> Node? {
        guard text.utf8.count <= PlanFile.lengthLimit else {
            throw PlanError(
                place: place, problem: "is longer than \(PlanFile.lengthLimit) bytes, the most that is taken")
        }
        guard aliasCount <= Self.aliasLimit else {
            throw PlanError(place: place, problem: "has more than \(Self.aliasLimit) aliases, the most that is taken")
        }
        do {
            // A byte order mark says how the text is encoded, and is no part of it.
            return try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch {
            throw problem(of: error)
        }
    }

    /// How often something stands in the text that may be an alias of an anchor (`&name`) that stands there too.
    private var aliasCount: Int {
        let anchors = Set(text.matches(of: #/&([A-Za-z0-9_-]+)/#).map(\.output.1))
        return anchors.isEmpty ? 0 : text.matches(of: #/\*([A-Za-z0-9_-]+)/#).count { anchors.contains($0.output.1) }
    }

    private func problem(of error: any Error) -> PlanError {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
            self.error(
                at: mark, "is no YAML: \(problem); text with braces, colons or commas in it must be in quotation marks")
        case YamlError.composer(_, let problem, let mark, _): self.error(at: mark, "is no YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            self.error(at: context.mark, "has the key '\(keys.first ?? "")' twice")
        case YamlError.reader(let problem, _, _, _): PlanError(place: place, problem: "is no YAML: \(problem)")
        default: PlanError(place: place, problem: "is no YAML: \(error)")
        }
    }

    /// - Parameter offset: How many characters after the mark.
    func error(at mark: Mark?, offset: Int = 0, _ problem: String) -> PlanError {
        guard let mark else { return PlanError(place: place, problem: problem) }
        return PlanError(place: "\(place), line \(mark.line), column \(mark.column + offset)", problem: problem)
    }

    /// An error at a character of a scalar; at its beginning, where the scalar is not written as it reads.
    func error(in scalar: Node.Scalar, at position: Int, _ problem: String) -> PlanError {
        guard let mark = scalar.mark else { return error(at: nil, problem) }
        let line =
            text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
            .dropFirst(mark.line - 1).first ?? ""
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        let rest = String.UnicodeScalarView(line.unicodeScalars.dropFirst(mark.column - 1 + (isQuoted ? 1 : 0)))
        guard String(rest).hasPrefix(scalar.string) else { return error(at: mark, problem) }
        return error(at: mark, offset: position + (isQuoted ? 1 : 0), problem)
    }
}
