import ArgumentParser
import Foundation
import RPCCore
import UserConfiguration

/// Where settings are read that are not given on the command line.
struct ConfigurationOptions: ParsableArguments {
    static let fileVariable = "GREETER_TUI_CONFIG"
    static let profileVariable = "GREETER_TUI_PROFILE"

    @Option(
        help: ArgumentHelp(
            """
            The configuration file to read instead of greeter-tui/config.yaml below XDG_CONFIG_HOME or ~/.config. \
            (variable: \(fileVariable))
            """, valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "The profile of the configuration file to use. (variable: \(profileVariable))", valueName: "name"))
    var profile: String?

    /// What is in effect.
    /// - Parameter flags: What the command's own flags say.
    /// - Throws: ``Exit`` with status 2 that names what is wrong, and where.
    func load(
        _ flags: Layer, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Exit) -> LoadedSettings {
        do throws(ConfigurationError) {
            let path = try filePath(environment)
            let file = try path.map { path throws(ConfigurationError) in
                try ConfigurationFile(path: path, schema: Known.schema)
            }
            let named = profile.map { RawValue.Text($0, .flag("--profile")) } ?? namedProfile(environment)
            let layers = [
                flags, try Layer(environment: environment, schema: Known.schema),
                try (file ?? ConfigurationFile()).profile(named), file?.top ?? Layer(),
            ]
            let chosen = [("--config", config), ("--profile", profile)].flatMap { flag, value in
                value.map { [flag, $0] } ?? []
            }
            return LoadedSettings(
                settings: Settings(layers), file: path, environment: environment, layers: layers,
                contents: file ?? ConfigurationFile(), profile: file?.profileName(named),
                place: path ?? UserDirectories(environment: environment).configurationFile, selection: chosen)
        } catch {
            throw .usage("\(error)")
        }
    }

    private func namedProfile(_ environment: [String: String]) -> RawValue.Text? {
        environment[Self.profileVariable].flatMap { name in
            name.isEmpty ? nil : RawValue.Text(name, .variable(Self.profileVariable))
        }
    }

    /// The file to read: one that is named must be there, the usual one need not.
    private func filePath(_ environment: [String: String]) throws(ConfigurationError) -> String? {
        if let config { return config }
        if let path = environment[Self.fileVariable], !path.isEmpty { return path }
        guard let path = UserDirectories(environment: environment).configurationFile else { return nil }
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

/// The settings in effect, and where they were read.
struct LoadedSettings {
    let settings: Settings
    /// The file that was read, if one was.
    let file: String?
    let environment: [String: String]
    /// Where each setting can be said: flags, variables, the profile, the top of the file. The strongest first.
    let layers: [Layer]
    /// What the file has.
    let contents: ConfigurationFile
    /// The profile in use.
    let profile: String?
    /// The file that settings are kept in; `nil` where there is no home for one.
    let place: String?
    /// The flags that say what is read.
    var selection: [String] = []

    /// The same file under other settings.
    func saying(
        _ layers: [Layer], _ contents: ConfigurationFile? = nil, profile: String? = nil
    ) -> LoadedSettings {
        LoadedSettings(
            settings: Settings(layers), file: file, environment: environment, layers: layers,
            contents: contents ?? self.contents, profile: profile ?? self.profile, place: place,
            selection: selection)
    }
}
