public import Retry

/// What the configuration says of the way to the server, as a form shows it, and what else there is in it to choose from.
///
/// All of it are texts as the configuration has them. Whoever reads the configuration also reads what is changed in them.
public struct ConfiguredSettings: Hashable, Sendable {
    public var fields: [SettingField]
    /// Where settings are kept, in words; `nil` where there is no place for them.
    public var place: String?
    public var profiles: [Profile]

    public init(_ fields: [SettingField] = [], place: String? = nil, profiles: [Profile] = []) {
        self.fields = fields
        self.place = place
        self.profiles = profiles
    }

    /// A set of settings under a name.
    public struct Profile: Hashable, Sendable {
        public var name: String
        /// The server that it is for, as it is written.
        public var server: String
        public var isInUse: Bool

        public init(_ name: String, server: String, isInUse: Bool = false) {
            self.name = name
            self.server = server
            self.isInUse = isInUse
        }
    }
}

/// A setting of the configuration as a field of a form.
public struct SettingField: Hashable, Sendable {
    /// The setting as the configuration calls it: `tls.ca`, `headers.X-Tenant`. A name that ends in a dot is for something new.
    public var name: String
    public var label: String
    /// The value as it may be shown: secrets are masked.
    public var text: String
    /// What may be written, where there are only some texts.
    public var choices: [String]
    public var hint: String
    public var isPath: Bool
    /// Which part of the text may be a secret.
    public var secrecy: FieldSecrecy

    public init(
        _ name: String, label: String, text: String, choices: [String] = [], hint: String, isPath: Bool = false,
        secrecy: FieldSecrecy = .none
    ) {
        self.name = name
        self.label = label
        self.text = text
        self.choices = choices
        self.hint = hint
        self.isPath = isPath
        self.secrecy = secrecy
    }
}

/// A setting and the text that was typed for it.
public struct SettingChange: Hashable, Sendable {
    /// As in ``SettingField/name``.
    public var name: String
    public var text: String

    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }
}

/// What is asked of whoever has the configuration.
public enum ConfigurationRequest: Hashable, Sendable {
    /// Uses settings for a server until the program ends.
    /// - Parameter keeping: What is to be kept for later, too, as far as it is not what was read; `nil` for nothing.
    case use([SettingChange], server: String, keeping: [SettingChange]?)
    /// Uses a profile, with its server.
    case profile(String)
}

/// What came of a request.
public struct ConfigurationAnswer: Hashable, Sendable {
    public var settings: ConfiguredSettings
    /// The server to connect to now; `nil` where the way to the present one is as it was.
    public var server: String?
    /// What calls are like under a profile.
    public var calls: Calls?
    /// What is to be said of what was kept; `nil` where nothing was to be.
    public var notice: Notice?

    public init(_ settings: ConfiguredSettings, server: String? = nil, calls: Calls? = nil, notice: Notice? = nil) {
        self.settings = settings
        self.server = server
        self.calls = calls
        self.notice = notice
    }

    public struct Calls: Hashable, Sendable {
        public var deadline: Duration?
        public var retry: RetryPolicy

        public init(deadline: Duration?, retry: RetryPolicy) {
            self.deadline = deadline
            self.retry = retry
        }
    }
}

/// Why a request was refused: nothing is changed.
public struct ConfigurationRefusal: Error, Hashable, Sendable {
    public struct Problem: Hashable, Sendable {
        /// The setting that it is about, as in ``SettingField/name``; `nil` where it is about none of the form's.
        public var name: String?
        public var text: String

        public init(_ name: String?, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    public var problems: [Problem]

    public init(_ problems: [Problem]) {
        self.problems = problems
    }

    public static let none = ConfigurationRefusal([Problem(nil, "there is no configuration to change")])
}
