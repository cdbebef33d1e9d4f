public import RPCCore

/// A plan, and where its steps stand in the file that it was read from.
public struct PlanFile: Hashable, Sendable {
    public var document: PlanDocument
    /// What errors call the file.
    public let place: String
    /// The lines in which the steps begin, counted from 1.
    public internal(set) var stepLines: [Int] = []
    /// What there is to say of it besides: names of keys that are old.
    public internal(set) var notices: [String] = []

    init(document: PlanDocument, place: String) {
        self.document = document
        self.place = place
    }

    /// The first problem that keeps the plan from being run as a call of this kind, with its place in the file.
    public func problem(for kind: CallKind, hasStandardInput: Bool = true) -> PlanError? {
        document.problems(for: kind, hasStandardInput: hasStandardInput).first.map(located)
    }

    /// The first request that is none of a kind of message, with its place in the file.
    public func problem(with message: any MessageCodec) -> PlanError? {
        document.problems(with: message).first.map(located)
    }

    private func located(_ problem: PlanProblem) -> PlanError {
        let line = problem.step.flatMap { stepLines.indices.contains($0 - 1) ? stepLines[$0 - 1] : nil }
        return PlanError(place: place + (line.map { ", line \($0)" } ?? ""), problem: problem.text)
    }
}

/// How the file of a plan is written.
public enum PlanFileKind: Hashable, Sendable {
    case yaml
    /// A request, or a record that is one, on each line.
    case records(RecordFormat)

    /// The kind that the ending of a file's name says; `nil` where it says none.
    public init?(path: String) {
        if let format = RecordFormat(path: path) {
            self = .records(format)
        } else if ["yaml", "yml", "json"].contains(path.split(separator: ".").last?.lowercased()) {
            self = .yaml
        } else {
            return nil
        }
    }
}

extension PlanFile {
    /// The longest file whose contents are read at once, in bytes: 1 MiB. Records are read from longer ones as they are
    /// needed.
    public static let lengthLimit = 1 << 20
    /// The most requests of a file that become steps, which can be looked at and edited.
    public static let stepLimit = 1_000

    /// A plan that sends the records of a file, read as they are needed.
    public init(recordsIn path: String, _ format: RecordFormat) {
        self.init(
            document: PlanDocument(steps: [.records(RecordsStep(from: .file(path), format: format))]), place: path)
    }

    /// A plan with a step for each request of a file of JSON Lines.
    /// - Throws: ``PlanError`` that names the line.
    public init(jsonLines bytes: [UInt8], of message: any MessageCodec, place: String) throws(PlanError) {
        self.init(document: try PlanDocument(jsonLines: bytes, of: message, place: place), place: place)
    }
}
