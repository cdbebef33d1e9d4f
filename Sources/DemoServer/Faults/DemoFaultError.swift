/// Why an order of a fault is refused.
public struct DemoFaultError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the order.
    public enum Problem: Hashable, Sendable {
        /// No fault has this name; `nearest` is the one that looks most like it.
        case unknown(name: String, nearest: DemoFault)
        /// The fault needs a value, or has none, or this is not one of its values.
        case value(String?, of: DemoFault)
        /// The fault was ordered before.
        case repeated(DemoFault)
    }

    public let problem: Problem

    init(_ problem: Problem) {
        self.problem = problem
    }

    /// One line that says what is wrong, and which faults there are.
    public var description: String {
        "\(reason); the faults are \(DemoFault.allCases.map(\.form).joined(separator: ", "))"
    }

    private var reason: String {
        switch problem {
        case .unknown(let name, let nearest):
            "there is no fault '\(name.prefix(64))', the nearest is \(nearest.rawValue)"
        case .value(let value?, let fault):
            "'\(value.prefix(64))' is no value of \(fault.rawValue), which takes \(fault.expectation)"
        case .value(nil, let fault): "\(fault.rawValue) has no value, and takes \(fault.expectation)"
        case .repeated(let fault): "\(fault.rawValue) is ordered twice"
        }
    }
}
