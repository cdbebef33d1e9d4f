/// Where a setting was written.
public enum Origin: Hashable, Sendable {
    /// Nowhere: it is what holds unless something is written.
    case standard
    /// In a configuration file, at its top or in a profile.
    case file(FilePlace, profile: String? = nil)
    /// In a variable of the environment.
    case variable(String)
    /// On the command line.
    case flag(String)
    /// On screen, under the name of the setting.
    case screen(String)
}

/// A place in a file, for messages.
public struct FilePlace: Hashable, Sendable, CustomStringConvertible {
    public var path: String
    /// Counted from 1.
    public var line: Int
    /// In Unicode scalars, counted from 1.
    public var column: Int

    public init(path: String, line: Int, column: Int) {
        self.path = path
        self.line = line
        self.column = column
    }

    /// `config.yaml:3:5`
    public var description: String { "\(path):\(line):\(column)" }
}

extension Origin: CustomStringConvertible {
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let place, nil): "\(place)"
        case .file(let place, let profile?): "\(place) (profile \(profile))"
        case .variable(let name), .flag(let name): name
        case .screen(let name): "\(name), set on screen"
        }
    }

    /// The place as an error begins with it.
    fileprivate var place: String {
        if case .file(let place, _) = self { "\(place)" } else { description }
    }
}

/// Why a setting cannot be, and where it was written.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `nil` where no single place is to blame.
    public let origin: Origin?
    /// What is wrong, and what was expected.
    public let problem: String

    public init(_ origin: Origin?, _ problem: String) {
        self.origin = origin
        self.problem = problem
    }

    /// One line: the place, and what is wrong there.
    public var description: String { origin.map { "\($0.place): \(problem)" } ?? problem }
}
