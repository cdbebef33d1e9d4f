import CallLogging
import DemoServer
import Foundation
import GRPCTransport
import GatewayTransport
import Greeter
import RPCCore
import Retry
import UserConfiguration

/// What the settings come to: all that is needed to reach a server and to call it, checked.
struct Setup: Sendable {
    let settings: Settings
    /// The server, as it was written; of the demo server, in the dialect that was asked for.
    let server: ServerSetting
    let gateway: GatewayConfiguration
    let grpc: GRPCConfiguration
    let demo: DemoServerConfiguration
    let retry: RetryPolicy
    let throttle: RetryThrottle.Configuration
    /// What must not be said or logged.
    let redaction: Redaction
    /// `nil` where nothing is logged.
    let log: CallLog?
    /// What is not used because another server than that of the file is called, one line each.
    let notes: [String]

    /// - Throws: ``Exit`` with status 2 that names what is wrong, and where.
    init(_ loaded: LoadedSettings) async throws(Exit) {
        do throws(ConfigurationError) {
            try await self.init(loaded, replacing: nil)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// - Parameter old: What was in effect before, in the same run of the program: its log goes on, and its secrets stay secret.
    /// - Throws: ``ConfigurationError`` that names what is wrong, and where.
    init(_ loaded: LoadedSettings, replacing old: Setup?) async throws(ConfigurationError) {
        let settings = loaded.settings
        try settings.check()
        self.settings = settings
        server = try settings.server()
        let token = try await Self.token(loaded, replacing: old)
        let tls = try settings.tlsOptions()
        let proxies = ProxySettings(settings[Known.proxy].choice, environment: loaded.environment)
        gateway = settings.gatewayConfiguration(token: token, tls: tls, proxies)
        grpc = settings.grpcConfiguration(token: token, tls: tls, proxies)
        demo = settings.demoConfiguration
        retry = try settings.retryPolicy()
        throttle = try settings.throttle()
        let routes = gateway.routes
        let own = Redaction(
            secrets: (token.map { [$0] } ?? []) + proxies.secrets, headers: gateway.headers,
            routes: CallKind.allCases.map { routes[$0] } + [routes.health])
        redaction = old.map { own.hiding($0.redaction) } ?? own
        if let old {
            log = old.log
        } else {
            log = try settings.openLog(redaction, loaded.environment)
            log?.begin(version: Version.current, server: server.settingText)
        }
        if case .file = settings.origin(of: Known.server) { notes = [] } else { notes = Self.notes(on: settings) }
    }

    /// The token, fetched anew where it is said to be elsewhere than before. A command for it has no terminal once a screen is there.
    private static func token(
        _ loaded: LoadedSettings, replacing old: Setup?
    ) async throws(ConfigurationError) -> Secret? {
        let setting = loaded.settings[Known.token]
        if let old, old.settings[Known.token] == setting { return old.gateway.token }
        let reader = TokenReader(environment: loaded.environment, lendsTerminal: old == nil)
        return try await reader.token(of: setting, from: loaded.settings.origin(of: Known.token))
    }

    /// What is not used, one line each, for it was written for another server.
    static func notes(on settings: Settings) -> [String] {
        settings.setAside.map { "\($0.name) of \($0.origin) is for \($0.server), and is not used" }
    }

    /// Tells people what is not used.
    func sayNotes() {
        for note in notes { Exit.note(note) }
    }

    /// Sees that the demo server can do what is ordered of it, where only one of its sides is called.
    /// - Throws: ``Exit`` with status 2 for a fault that means nothing there.
    func checkFaults() throws(Exit) {
        let scheme = server.address.scheme
        guard scheme.isDemo else { return }
        for order in settings[Known.faults].orders {
            guard let dialect = DemoFault(order: order)?.dialect, dialect != scheme.dialect else { continue }
            let side = dialect == .grpc ? "gRPC" : "the gateway's dialect"
            let problem = ConfigurationError(
                settings.origin(of: Known.faults),
                "'\(order)' means something over \(side) only: call \(scheme.otherDialect.rawValue)")
            throw .usage("\(problem)")
        }
    }

    /// How long the log may take to be written at the end.
    private static let logLimit = Duration.seconds(2)

    /// Sees to it that what was logged is written, and says where it is not.
    func finishLog() async {
        guard let problem = await log?.finish(within: Self.logLimit) else { return }
        Exit.write(inert("greeter-tui: the log is not complete: \(problem)"), to: STDERR_FILENO)
    }

    /// The options of a call.
    /// - Parameter isOpenEnded: Whether requests come for as long as somebody else decides. A deadline that is not asked
    ///   for on the command line then counts from their end.
    func callOptions(isOpenEnded: Bool) -> CallOptions {
        var isAsked = false
        if case .flag = settings.origin(of: Known.deadline) { isAsked = true }
        return CallOptions(
            deadline: settings[Known.deadline], deadlineStart: isOpenEnded && !isAsked ? .halfClose : .call)
    }
}

extension Settings {
    /// Checks what settings say together, as far as that can be known without fetching a token.
    /// - Throws: ``ConfigurationError`` that names what is wrong, and where.
    func check() throws(ConfigurationError) {
        try checkHeaders(in: server().address.scheme.dialect)
        try checkCertificate()
        _ = try retryPolicy()
        _ = try throttle()
        _ = try keymap()
    }

    /// The server, checked against what other settings say of it.
    fileprivate func server() throws(ConfigurationError) -> ServerSetting {
        var server = self[Known.server]
        let scheme = server.address.scheme
        if let dialect = self[Known.transport].dialect, dialect != scheme.dialect {
            if let meant = server.meant(as: dialect) { return meant }
            guard scheme.isDemo else {
                throw ConfigurationError(
                    origin(of: Known.transport),
                    "\(self[Known.transport].rawValue) does not go with \(server.settingText); "
                        + "for \(dialect.rawValue) use an address with \(server.address.beginning(in: scheme.otherDialect))"
                )
            }
            server = ServerSetting(settingText: scheme.otherDialect.rawValue) ?? server
        }
        guard !scheme.isDemo else { return server }
        let demoSettings: [any SettingDeclaration] = [Known.demoBehaviour, Known.faults, Known.seed]
        for setting in demoSettings {
            if case .flag(let flag) = origin(of: setting) {
                throw ConfigurationError(
                    nil, "\(flag) has no meaning for \(server.settingText); it is for the demo server only")
            }
        }
        return server
    }

    fileprivate func tlsOptions() throws(ConfigurationError) -> TLSOptions {
        for setting in [Known.authorities, Known.certificate, Known.key] { try checkPEM(setting) }
        return TLSOptions(
            authorityFile: self[Known.authorities].path, certificateFile: self[Known.certificate].path,
            keyFile: self[Known.key].path, serverName: self[Known.serverName].name, isInsecure: self[Known.insecure])
    }

    private func checkCertificate() throws(ConfigurationError) {
        let (certificate, key) = (self[Known.certificate].path, self[Known.key].path)
        guard (certificate == nil) != (key == nil) else { return }
        throw ConfigurationError(
            origin(of: certificate == nil ? Known.key : Known.certificate),
            "a client certificate and its key go together: name both, with --cert and --key")
    }

    fileprivate func grpcConfiguration(
        token: Secret?, tls: TLSOptions, _ proxies: ProxySettings
    ) -> GRPCConfiguration {
        var methods: [CallKind: String] = [:]
        for (kind, method) in zip(CallKind.allCases, Known.methods) where origin(of: method) != .standard {
            methods[kind] = MethodRef.fullName(of: self[method].name, in: Greeter.method(kind).ref.service)
        }
        return GRPCConfiguration(
            methods: methods,
            maximumMessageSize: self[Known.maxMessageSize].bytes,
            maximumMetadataSize: self[Known.maxMetadataSize].bytes, loadBalancing: self[Known.loadBalancing],
            keepAlive: self[Known.keepAlive],
            usesCompression: self[Known.gzip], tls: tls, proxies: proxies, token: token,
            allowsPlaintextToken: self[Known.allowPlaintextToken], metadata: headers)
    }

    /// What headers may be in any dialect was checked where each was read.
    private func checkHeaders(in dialect: ServerAddress.Dialect) throws(ConfigurationError) {
        for header in members(of: Known.headers) {
            for value in header.value.values {
                guard let problem = HeaderRule.problem(with: MetadataEntry(header.name, value), in: dialect) else {
                    continue
                }
                throw ConfigurationError(header.origin, "headers: \(problem)")
            }
        }
    }

    private var headers: [MetadataEntry] {
        members(of: Known.headers).flatMap { header in header.value.values.map { MetadataEntry(header.name, $0) } }
    }

    fileprivate func gatewayConfiguration(
        token: Secret?, tls: TLSOptions, _ proxies: ProxySettings
    ) -> GatewayConfiguration {
        var routes = GatewayRoutes()
        for (kind, route) in zip(CallKind.allCases, Known.routes) { routes[kind] = self[route].path }
        routes.health = self[Known.healthRoute].path
        return GatewayConfiguration(
            routes: routes, endOfStream: self[Known.endOfStream], quietTime: self[Known.quietTime],
            keepAlive: self[Known.keepAlive], maximumMessageSize: self[Known.maxMessageSize].bytes, tls: tls,
            proxies: proxies, token: token,
            allowsPlaintextToken: self[Known.allowPlaintextToken], headers: headers,
            subprotocols: self[Known.subprotocols].map(\.name))
    }

    private func checkPEM(_ setting: Setting<PathSetting>) throws(ConfigurationError) {
        guard let path = self[setting].path else { return }
        let origin = origin(of: setting)
        let bytes: [UInt8]
        do {
            bytes = try FileReading.contents(of: path, limit: 16 << 20)
        } catch {
            throw ConfigurationError(origin, "\(error)")
        }
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN") else {
            throw ConfigurationError(origin, "\(path): there is nothing in it in the form PEM")
        }
    }

    var demoConfiguration: DemoServerConfiguration {
        DemoServerConfiguration(
            behaviour: self[Known.demoBehaviour], faults: self[Known.faults].faults, seed: self[Known.seed])
    }

    fileprivate func retryPolicy() throws(ConfigurationError) -> RetryPolicy {
        do throws(RetryPolicyError) {
            return try RetryPolicy(
                mode: self[Known.retry], maximumAttempts: self[Known.attempts],
                backoff: BackoffPolicy(
                    initial: self[Known.backoff], maximum: self[Known.maxBackoff], multiplier: self[Known.multiplier],
                    jitter: self[Known.jitter]),
                retryableCodes: Set(self[Known.retryOn] + [.unavailable]), attemptDeadline: self[Known.attemptDeadline],
                allowsRepeatedPost: self[Known.repeatPost])
        } catch {
            // What can still be wrong is that the longest delay is shorter than the first.
            let origin = origin(of: Known.maxBackoff)
            throw ConfigurationError(origin == .standard ? self.origin(of: Known.backoff) : origin, "\(error)")
        }
    }

    fileprivate func openLog(
        _ redaction: Redaction, _ environment: [String: String]
    ) throws(ConfigurationError) -> CallLog? {
        guard let level = self[Known.logLevel] else { return nil }
        let folder = UserDirectories(environment: environment).stateFolder
        guard let path = self[Known.logFile].path ?? folder.map({ $0 + "/greeter-tui.log" }) else {
            throw ConfigurationError(
                origin(of: Known.logLevel), "there is no HOME to put a log into; name a file with --log-file")
        }
        do {
            return try CallLog(path: path, level: level, redaction: redaction)
        } catch {
            let isNamed = self[Known.logFile].path != nil
            throw ConfigurationError(isNamed ? origin(of: Known.logFile) : origin(of: Known.logLevel), "\(error)")
        }
    }

    fileprivate func throttle() throws(ConfigurationError) -> RetryThrottle.Configuration {
        do throws(RetryPolicyError) {
            return try RetryThrottle.Configuration(
                maximumTokens: self[Known.throttleTokens], tokenRatio: self[Known.throttleRatio])
        } catch {
            throw ConfigurationError(origin(of: Known.throttleTokens), "\(error)")
        }
    }
}
