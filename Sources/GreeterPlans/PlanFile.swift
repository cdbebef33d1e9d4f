public import GreeterCore

/// A plan, and where its steps stand in the file that it was read from.
public struct PlanFile: Hashable, Sendable {
    public var document: PlanDocument
    /// What errors call the file.
    public let place: String
    /// The lines in which the steps begin, counted from 1.
    public internal(set) var stepLines: [Int] = []

    init(document: PlanDocument, place: String) {
        self.document = document
        self.place = place
    }

    /// The first problem that keeps the plan from being run as a call of this kind, with its place in the file.
    public func problem(for kind: CallKind) -> PlanError? {
        document.problems(for: kind).first.map { problem in
            let line = problem.step.flatMap { stepLines.indices.contains($0 - 1) ? stepLines[$0 - 1] : nil }
            return PlanError(place: place + (line.map { ", line \($0)" } ?? ""), problem: problem.text)
        }
    }
}

extension PlanFile {
    /// Reads a plan in YAML.
    /// - Parameters:
    ///   - text: At most 1 MiB.
    ///   - place: What errors call the file.
    ///   - directory: Where the relative paths in it begin.
    /// - Throws: ``PlanError`` that names the line and the column.
    public init(yaml text: String, place: String, directory: String = "") throws(PlanError) {
        let text = YAMLText(place: place, text: text)
        guard let root = try text.compose() else {
            throw PlanError(place: place, problem: "is empty; expected 'requests:' and a list")
        }
        self = try YAMLPlanReader(reader: YAMLReader(text: text), directory: directory).document(root)
    }
}
