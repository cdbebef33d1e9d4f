import RPCCore

/// A configuration file: settings at its top, and sets of the same settings under names, the profiles.
public struct ConfigurationFile: Sendable {
    /// The longest file that is read, in bytes: 1 MiB.
    public static let sizeLimit = 1 << 20

    /// What the top of the file sets.
    public internal(set) var top = Layer()
    /// What each profile sets.
    var profiles: [(name: String, layer: Layer)] = []
    /// The profile that is meant when none is named.
    var standardProfile: RawValue.Text?

    /// A file with nothing in it.
    public init() {}

    /// Reads a file.
    /// - Throws: ``ConfigurationError`` with line and column of the first thing that is wrong anywhere in it.
    public init(path: String, schema: Schema) throws(ConfigurationError) {
        let bytes: [UInt8]
        do {
            bytes = try FileReading.contents(of: path, limit: Self.sizeLimit)
        } catch {
            throw ConfigurationError(nil, "\(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(nil, "\(path): is not UTF-8")
        }
        try self.init(text: text, path: path, schema: schema)
    }

    /// The profiles that there are, in the order of the file.
    public var profileNames: [String] { profiles.map(\.name) }

    /// The name of the profile that is meant: the one that is named, else the one that the file names, else none.
    public func profileName(_ named: RawValue.Text?) -> String? { (named ?? standardProfile)?.text }

    /// Reads the text of a file.
    /// - Throws: ``ConfigurationError`` with line and column of the first thing that is wrong anywhere in it.
    public init(text: String, path: String, schema: Schema) throws(ConfigurationError) {
        self = try ConfigurationReader(path: path, schema: schema).read(text)
    }

    /// What a profile sets: the one that is named, else the one that the file names, else nothing.
    /// - Throws: ``ConfigurationError`` where there is none of this name.
    public func profile(_ named: RawValue.Text?) throws(ConfigurationError) -> Layer {
        guard let wanted = named ?? standardProfile else { return Layer() }
        guard var layer = profiles.first(where: { $0.name == wanted.text })?.layer else {
            let suggestion = Suggestion.full(for: wanted.text, among: profiles.map(\.name), called: "profiles")
            throw ConfigurationError(wanted.origin, "there is no profile '\(wanted.text.prefix(64))'; \(suggestion)")
        }
        layer.ownServer = layer.ownServer ?? top.ownServer
        return layer
    }
}
