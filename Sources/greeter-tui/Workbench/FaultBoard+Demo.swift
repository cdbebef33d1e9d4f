import DemoServer
import WorkbenchModel

extension FaultBoard {
    /// The faults of the demo server, and those of them that are ordered from the beginning.
    static func demo(ordered: [String]) -> FaultBoard {
        FaultBoard(
            DemoFault.allCases.map { fault in
                FaultKind(
                    name: fault.rawValue, form: fault.form, meaning: fault.meaning,
                    expectation: fault.hasValue ? fault.expectation : nil)
            }, orders: ordered.map { FaultOrder($0) })
    }
}

extension FaultOrder {
    /// What is wrong with it, in the words of the demo server; `nil` where nothing is.
    var problem: String? {
        do {
            _ = try DemoFaults(parsing: [text])
            return nil
        } catch {
            return DemoFault(rawValue: name)?.expectation ?? "\(error)"
        }
    }
}
