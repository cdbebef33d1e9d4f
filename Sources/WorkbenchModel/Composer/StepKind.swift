import Plans
import RPCCore

/// The kinds of steps that a plan can have, in the order of the menu that adds them.
public enum StepKind: Hashable, Sendable, CaseIterable {
    case request
    case pause
    case repetition
    case records

    /// The kind of a step that there is.
    init(_ step: PlanStep) {
        self =
            switch step {
            case .request: .request
            case .pause: .pause
            case .repetition: .repetition
            case .records: .records
            }
    }

    /// What it is called.
    public var title: String {
        switch self {
        case .request: "request"
        case .pause: "pause"
        case .repetition: "repetition"
        case .records: "records of a file"
        }
    }

    /// What it does, in a few words.
    var meaning: String {
        switch self {
        case .request: "sent as it stands"
        case .pause: "nothing is sent for a while"
        case .repetition: "made over and over, at a pace"
        case .records: "one request for each that fits"
        }
    }
}
