import ArgumentParser
import RPCCore

/// What is called: one of the methods of the Greeter service, by its kind, or a method by its name.
enum CallTarget: ExpressibleByArgument {
    case kind(CallKind)
    /// `demo.v1.Library/GetBook`, or less where that is enough.
    case method(String)

    init?(argument: String) {
        if let kind = CallKind(rawValue: argument) {
            self = .kind(kind)
            return
        }
        // What is nearly a kind is meant as one; methods have capitals in their names.
        let isSlip =
            argument == argument.lowercased()
            && NearestName.suggestion(for: argument, among: CallKind.allCases.map(\.rawValue)) != nil
        guard !isSlip, MethodRef.fullName(of: argument, in: "") != nil else { return nil }
        self = .method(argument)
    }

    static var allValueStrings: [String] { CallKind.allCases.map(\.rawValue) }

    var kind: CallKind? { if case .kind(let kind) = self { kind } else { nil } }
    var method: String? { if case .method(let name) = self { name } else { nil } }
}
