/// Why a plan could not make its next request.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where: a file or `standard input`, and the line, counted from 1.
    public var place: String
    /// What is wrong there, and what was expected.
    public var problem: String

    public init(place: String, problem: String) {
        self.place = place
        self.problem = problem
    }

    public var description: String { "\(place): \(problem)" }
}
