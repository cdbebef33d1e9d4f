import Foundation
import RPCCore
import Synchronization
import UserConfiguration
import WorkbenchModel

/// What is in effect in a workbench: what was read at the start, and what was set on screen since.
final class SessionConfiguration: Sendable {
    private struct State {
        /// What was read.
        var loaded: LoadedSettings
        /// What was set on screen, for this server as far as it is about one.
        var session = Layer()
        var server: String
        var setup: Setup
        /// What leads to the server of what was read.
        var own: Setup
        /// What was set on screen and is in no file.
        var unkept: [SettingChange] = []
    }

    private let state: Mutex<State>

    init(_ loaded: LoadedSettings, _ setup: Setup) {
        state = Mutex(State(loaded: loaded, server: setup.server.settingText, setup: setup, own: setup))
    }

    /// What leads to the server now.
    var setup: Setup { state.withLock { $0.setup } }

    /// What leads to a server, as far as it says anything of that.
    func setup(to server: String) -> Setup {
        state.withLock { state in
            [state.setup, state.own].first { $0.server.settingText == server } ?? state.setup
        }
    }

    /// What the workbench is told.
    var configured: ConfiguredSettings {
        let (loaded, setup) = state.withLock { ($0.loaded, $0.setup) }
        let profiles = loaded.contents.profileNames.map { name in
            let layers = [
                (try? loaded.contents.profile(RawValue.Text(name, .screen("profile")))) ?? Layer(), loaded.contents.top,
            ]
            return ConfiguredSettings.Profile(
                name, server: Settings(layers)[Known.server].settingText, isInUse: name == loaded.profile)
        }
        return ConfiguredSettings(
            SettingFields.fields(of: setup.settings),
            place: loaded.place.map { ConfigurationKeeper.place(of: $0, loaded.profile) }, profiles: profiles)
    }

    func answer(_ request: ConfigurationRequest) async throws(ConfigurationRefusal) -> ConfigurationAnswer {
        switch request {
        case .use(let changes, let server, let keeping): try await use(changes, server, keeping: keeping)
        case .profile(let name): try await use(profile: name)
        }
    }

    // MARK: For this session

    private func use(
        _ changes: [SettingChange], _ server: String, keeping: [SettingChange]?
    ) async throws(ConfigurationRefusal) -> ConfigurationAnswer {
        var present = state.withLock { $0 }
        if !changes.isEmpty { try await apply(changes, server, to: &present) }
        var notice = Notice(.success, "set for this session: \(SettingFields.list(changes.map(\.name)))")
        if let keeping { notice = try keep(keeping, in: &present) }
        state.withLock { [present] in $0 = present }
        return ConfigurationAnswer(
            configured, server: changes.isEmpty ? nil : present.setup.server.settingText, notice: notice)
    }

    /// Credentials that were given for one server are not sent to another: those of the session neither.
    private func apply(
        _ changes: [SettingChange], _ server: String, to present: inout State
    ) async throws(ConfigurationRefusal) {
        var (session, rest) = (present.session, present.loaded.layers)
        if server != present.server {
            session = session.ofAnyServer
            present.unkept.removeAll { SettingFields.isOfServer($0.name) }
        }
        let isOwn = server == present.own.server.settingText
        if !isOwn { rest = rest.map(\.ofAnyServer) }
        var problems: [ConfigurationRefusal.Problem] = []
        // The own server is written as it was meant already.
        for change in (isOwn ? [] : [SettingChange(Known.server.name, server)]) + changes {
            do throws(ConfigurationError) {
                try SettingFields.set(change, in: &session)
            } catch {
                problems.append(.init(change.name, error.problem))
            }
        }
        guard problems.isEmpty else { throw ConfigurationRefusal(problems) }
        do throws(ConfigurationError) {
            present.setup = try await Setup(present.loaded.saying([session] + rest), replacing: present.setup)
        } catch {
            if case .screen(let name)? = error.origin { throw ConfigurationRefusal([.init(name, error.problem)]) }
            throw ConfigurationRefusal([.init(nil, "\(error)")])
        }
        (present.session, present.server) = (session, server)
        if isOwn { present.own = present.setup }
        let names = Set(changes.map(\.name))
        present.unkept = present.unkept.filter { !names.contains($0.name) } + changes
    }

    // MARK: For good

    private func keep(_ calls: [SettingChange], in present: inout State) throws(ConfigurationRefusal) -> Notice {
        let loaded = present.loaded
        let changed = calls.filter { change in
            guard let setting = Known.schema[change.name] else { return false }
            let value = try? setting.read(RawValue(change.text, .screen(change.name)), member: nil)
            return value?.settingText != loaded.settings.text(of: setting)
        }
        let own = present.own.server.settingText
        let isElsewhere = present.server != own
        let foreign = isElsewhere ? present.unkept.filter { SettingFields.isOfServer($0.name) } : []
        let keeper = ConfigurationKeeper(loaded)
        let kept = try keeper.keep(
            changed + present.unkept.filter { !foreign.contains($0) },
            refusing: foreign.map { ($0.name, "what is there is for \(own), and this is for \(present.server)") })
        if let contents = kept.contents {
            let layers = Array(loaded.layers.prefix(2)) + [kept.profile, contents.top]
            present.loaded = loaded.saying(layers, contents)
            present.unkept.removeAll { kept.names.contains($0.name) }
        }
        return kept.notice
    }

    // MARK: Profiles

    private func use(profile name: String) async throws(ConfigurationRefusal) -> ConfigurationAnswer {
        var present = state.withLock { $0 }
        let (loaded, contents) = (present.loaded, present.loaded.contents)
        do throws(ConfigurationError) {
            let layer = try contents.profile(RawValue.Text(name, .screen("profile")))
            // What was said of one server when the program was started is not said of that of the profile.
            let layers = [layer] + loaded.layers.prefix(2).map(\.ofAnyServer) + [contents.top]
            present.loaded = loaded.saying(layers, profile: name)
            present.setup = try await Setup(present.loaded, replacing: present.setup)
        } catch {
            throw ConfigurationRefusal([.init(nil, "\(error)")])
        }
        (present.session, present.unkept, present.server) = (Layer(), [], present.setup.server.settingText)
        present.own = present.setup
        state.withLock { [present] in $0 = present }
        let setup = present.setup
        return ConfigurationAnswer(
            configured, server: setup.server.settingText,
            calls: .init(deadline: setup.settings[Known.deadline], retry: setup.retry))
    }
}

extension Layer {
    /// What it says of calls to any server: what carries them follows from the address, and the demo server has faults of its own.
    fileprivate var ofAnyServer: Layer { withoutServer { $0 == Known.transport.name || $0.hasPrefix("demo.") } }
}
