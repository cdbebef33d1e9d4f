import Foundation
import RPCCore
import UserConfiguration
import WorkbenchModel

/// Keeps settings in the profile in use, in the file that the configuration is read from; where there is no profile, at its top.
struct ConfigurationKeeper {
    struct Kept {
        /// The changes that are in the file now.
        var names: Set<String> = []
        /// What the file says then; `nil` where it is as it was.
        var contents: ConfigurationFile?
        var profile = Layer()
        var notice: Notice
    }

    private let loaded: LoadedSettings
    private var prefix: [String] { loaded.profile.map { ["profiles", $0] } ?? [] }

    init(_ loaded: LoadedSettings) {
        self.loaded = loaded
    }

    /// `profile prod of ~/.config/greeter-tui/config.yaml`
    static func place(of path: String, _ profile: String?) -> String {
        let home = ProcessInfo.processInfo.environment["HOME"].map { $0 + "/" } ?? ""
        let shown = !home.isEmpty && path.hasPrefix(home) ? "~/\(path.dropFirst(home.count))" : path
        return profile.map { "profile \($0) of \(shown)" } ?? shown
    }

    /// Writes what can be written, all at once.
    /// - Parameter refused: What was to be kept, and is not, with the reasons.
    /// - Throws: ``ConfigurationRefusal`` where the file cannot be read or written: it is as it was.
    func keep(
        _ changes: [SettingChange], refusing refused: [(name: String, reason: String)] = []
    ) throws(ConfigurationRefusal) -> Kept {
        guard let path = loaded.place else { throw refusal("there is no home directory to keep a configuration in") }
        let place = Self.place(of: path, loaded.profile)
        guard !changes.isEmpty || !refused.isEmpty else {
            return Kept(notice: Notice(.info, "nothing was changed: \(place) stays as it is"))
        }
        let (text, rule) = try read(path)
        var edit = ConfigurationEdit(text)
        var kept: [String] = []
        var problems = refused.map { "\(SettingFields.list([$0.name])): \($0.reason)" }
        for change in changes {
            do throws(ConfigurationError) {
                let (keys, value) = try written(change)
                do throws(ConfigurationEditError) {
                    try edit.set(prefix + keys, to: value, isOnly: keys.first == Known.token.name)
                } catch {
                    throw ConfigurationError(nil, "\(error)")
                }
                kept.append(change.name)
            } catch {
                problems.append("\(SettingFields.list([change.name])): \(error.problem)")
            }
        }
        let unkept = problems.isEmpty ? [] : ["not kept, for this session only: \(problems.joined(separator: "; "))"]
        guard !kept.isEmpty else { return Kept(notice: Notice(.warning, unkept.joined())) }
        let contents = try write(edit.text, to: path, rule)
        let profile = (try? contents.profile(loaded.profile.map { RawValue.Text($0, .screen("profile")) })) ?? Layer()
        // The line may be cut: what has changed in the file comes first.
        let said = (["kept \(SettingFields.list(kept)) in \(place)"] + unkept + stronger(kept)).joined(separator: "; ")
        return Kept(
            names: Set(kept), contents: contents, profile: profile,
            notice: Notice(problems.isEmpty ? .success : .warning, said))
    }

    // MARK: What is written

    /// The keys and the value of a change in the file.
    /// - Throws: ``ConfigurationError`` with what to do instead, where it is not to be in a file.
    private func written(_ change: SettingChange) throws(ConfigurationError) -> ([String], String) {
        switch change.name {
        case Known.token.name:
            let (choice, text) = try SettingFields.token(change.text)
            guard choice != "none" else { throw ConfigurationError(nil, "take it out of the file by hand") }
            return ([Known.token.name, choice], choice == "file" ? absolute(text) : text)
        case let name where name.hasPrefix(SettingFields.headerPrefix):
            guard let colon = change.text.firstIndex(of: ":") else {
                throw ConfigurationError(nil, "take it out of the file by hand")
            }
            let header = String(change.text[..<colon])
            let value = String(change.text[change.text.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
            guard !MetadataEntry(header, value).isSecret else {
                throw ConfigurationError(
                    nil,
                    "\(header) may be a secret, which everybody could read in the file: set the variable "
                        + "\(Known.headers.variable ?? "") to it instead")
            }
            return (["headers", header], value)
        default:
            guard let setting = Known.schema[change.name] else {
                throw ConfigurationError(nil, "there is no such setting")
            }
            let value = try setting.read(RawValue(change.text, .screen(change.name)), member: nil)
            let text = value is PathSetting && value.settingText != "none" ? absolute(change.text) : value.settingText
            return (change.name.split(separator: ".").map(String.init), text)
        }
    }

    /// Relative paths in the file begin where the file is, and those on screen where the program was started.
    private func absolute(_ path: String) -> String {
        path.hasPrefix("~/") ? path : PathText.resolved(path, in: FileManager.default.currentDirectoryPath)
    }

    /// What is kept and yet will not hold, since it is also said where that is stronger.
    private func stronger(_ names: [String]) -> [String] {
        names.compactMap { name in
            guard let setting = Known.schema[name] else { return nil }
            switch loaded.settings.origin(of: setting) {
            case .flag(let flag): return "\(flag) is stronger where it is given"
            case .variable(let variable): return "\(variable) is stronger as long as it is set"
            case .standard, .file, .screen: return nil
            }
        }
    }

    // MARK: The file

    private func read(_ path: String) throws(ConfigurationRefusal) -> (String, PlanWrite.Rule) {
        guard FileManager.default.fileExists(atPath: path) else { return ("", .nothing) }
        do throws(FileProblem) {
            let (bytes, version) = try VersionedFile.read(path, limit: ConfigurationFile.sizeLimit)
            guard let text = String(validating: bytes, as: UTF8.self) else { throw FileProblem("\(path) is not UTF-8") }
            return (text, .version(version))
        } catch {
            throw refusal(error.text)
        }
    }

    /// Writes the text, if it is a configuration and nobody has changed the file meanwhile.
    private func write(
        _ text: String, to path: String, _ rule: PlanWrite.Rule
    ) throws(ConfigurationRefusal) -> ConfigurationFile {
        let contents: ConfigurationFile
        do throws(ConfigurationError) {
            contents = try ConfigurationFile(text: text, path: path, schema: Known.schema)
        } catch {
            throw refusal("\(error)")
        }
        if rule == .nothing {
            try? FileManager.default.createDirectory(
                atPath: PathText.directory(of: path), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        switch VersionedFile.write(Array(text.utf8), to: path, rule, mode: 0o600) {
        case .success: return contents
        case .failure(.problem(let problem)): throw refusal(problem.text)
        case .failure: throw refusal("\(path) was changed meanwhile: try again")
        }
    }

    private func refusal(_ text: String) -> ConfigurationRefusal {
        ConfigurationRefusal([.init(nil, "not kept: \(text)")])
    }
}
