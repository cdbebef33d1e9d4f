import DemoServer
import GRPCTransport
import GatewayTransport
import Logging
import RPCCore
import Retry
import UserConfiguration
import WorkbenchModel

/// Every setting that there is: its name in the configuration file, its variable, and what holds unless it is written.
enum Known {
    static let server = Setting<ServerSetting>("server", variable: "GREETER_TUI_SERVER", fallback: .demo)
    static let transport = Setting<TransportName>("transport", variable: "GREETER_TUI_TRANSPORT", fallback: .auto)
    static let token = Setting<TokenSetting>(
        "token", variable: "GREETER_TUI_TOKEN", fallback: TokenSetting(), isOfServer: true)
    static let allowPlaintextToken = Setting<Bool>(
        "allow-plaintext-token", variable: "GREETER_TUI_ALLOW_PLAINTEXT_TOKEN", fallback: false, isOfServer: true)
    static let headers = SettingGroup<HeaderValues>(
        "headers", variable: "GREETER_TUI_HEADER", isOfServer: true, checkName: HeaderValues.problem(withName:))
    static let authorities = Setting<PathSetting>(
        "tls.ca", variable: "GREETER_TUI_CA", fallback: PathSetting(), isOfServer: true)
    static let certificate = Setting<PathSetting>(
        "tls.cert", variable: "GREETER_TUI_CERT", fallback: PathSetting(), isOfServer: true)
    static let key = Setting<PathSetting>(
        "tls.key", variable: "GREETER_TUI_KEY", fallback: PathSetting(), isOfServer: true)
    static let serverName = Setting<HostSetting>(
        "tls.server-name", variable: "GREETER_TUI_SERVER_NAME", fallback: HostSetting(), isOfServer: true)
    static let insecure = Setting<Bool>(
        "tls.insecure", variable: "GREETER_TUI_INSECURE", fallback: false, isOfServer: true)
    static let proxy = Setting<ProxySetting>("proxy", variable: "GREETER_TUI_PROXY", fallback: ProxySetting())
    static let deadline = Setting<Duration?>(
        "deadline", variable: "GREETER_TUI_DEADLINE", fallback: .seconds(30), check: isPositive)
    static let endOfStream = Setting<EndOfStreamSignal>(
        "end-of-stream", variable: "GREETER_TUI_END_OF_STREAM", fallback: .marker)
    static let quietTime = Setting<Duration>(
        "quiet-time", variable: "GREETER_TUI_QUIET_TIME", fallback: .milliseconds(800))
    static let keepAlive = Setting<Duration?>(
        "keep-alive", variable: "GREETER_TUI_KEEP_ALIVE", fallback: .seconds(300)
    ) { $0.map { $0 >= .seconds(10) } ?? true ? nil : "a time of at least 10s, or none" }
    static let maxMessageSize = Setting<ByteSize>(
        "max-message-size", variable: "GREETER_TUI_MAX_MESSAGE_SIZE", fallback: ByteSize(bytes: 16 << 20)
    ) { (1024...1 << 30).contains($0.bytes) ? nil : "a size from 1KiB to 1GiB" }
    static let subprotocols = Setting<[SubprotocolName]>(
        "subprotocols", variable: "GREETER_TUI_SUBPROTOCOL", fallback: [], isOfServer: true
    ) { Set($0).count == $0.count ? nil : "a list of names of which none comes twice" }

    // MARK: gRPC

    static let gzip = Setting<Bool>("grpc.gzip", variable: "GREETER_TUI_GZIP", fallback: false)
    static let loadBalancing = Setting<GRPCLoadBalancing>(
        "grpc.load-balancing", variable: "GREETER_TUI_LOAD_BALANCING", fallback: .pickFirst)

    static let maxMetadataSize = Setting<ByteSize>(
        "grpc.max-metadata-size", variable: "GREETER_TUI_MAX_METADATA_SIZE", fallback: ByteSize(bytes: 16 << 10)
    ) { (1024...16 << 20).contains($0.bytes) ? nil : "a size from 1KiB to 16MiB" }

    // MARK: Retry

    static let retry = Setting<RetryMode>("retry.mode", variable: "GREETER_TUI_RETRY", fallback: .restart)
    static let attempts = Setting<Int>(
        "retry.attempts", variable: "GREETER_TUI_ATTEMPTS", fallback: 4, check: RetryRule.attempts)
    static let backoff = Setting<Duration>(
        "retry.backoff", variable: "GREETER_TUI_BACKOFF", fallback: .milliseconds(500), check: RetryRule.time)
    static let maxBackoff = Setting<Duration>(
        "retry.max-backoff", variable: "GREETER_TUI_MAX_BACKOFF", fallback: .seconds(10), check: RetryRule.time)
    static let multiplier = Setting<Double>(
        "retry.multiplier", variable: "GREETER_TUI_MULTIPLIER", fallback: 2, check: RetryRule.multiplier)
    static let jitter = Setting<Jitter>("retry.jitter", variable: "GREETER_TUI_JITTER", fallback: .full)
    static let retryOn = Setting<[StatusCode]>(
        "retry.on", variable: "GREETER_TUI_RETRY_ON", fallback: [], check: RetryRule.codes)
    static let attemptDeadline = Setting<Duration?>(
        "retry.attempt-deadline", variable: "GREETER_TUI_ATTEMPT_DEADLINE", fallback: nil, check: isPositive)
    static let repeatPost = Setting<Bool>("retry.repeat-post", variable: "GREETER_TUI_REPEAT_POST", fallback: false)
    static let throttleTokens = Setting<Int>("retry.throttle.tokens", fallback: 10) {
        (1...1000).contains($0) ? nil : "a whole number from 1 to 1000"
    }
    static let throttleRatio = Setting<Double>("retry.throttle.ratio", fallback: 0.1) {
        (0.001...1000).contains($0) ? nil : "a number from 0.001 to 1000"
    }

    // MARK: Where the calls go

    static let routes = CallKind.allCases.map { kind in
        Setting<RouteSetting>("routes.\(kind.rawValue)", fallback: RouteSetting(path: GatewayRoutes()[kind]))
    }
    static let healthRoute = Setting<RouteSetting>(
        "routes.health", fallback: RouteSetting(path: GatewayRoutes().health))
    static let methods = CallKind.allCases.map { kind in
        Setting<MethodSetting>("methods.\(kind.rawValue)", fallback: MethodSetting(standardFor: kind))
    }

    static let services = Setting<PathSetting>(
        "gateway.services", variable: "GREETER_TUI_SERVICES", fallback: PathSetting())
    static let routeStyle = Setting<RouteStyleSetting>(
        "gateway.style", variable: "GREETER_TUI_STYLE", fallback: .auto)

    // MARK: The demo server

    static let demoBehaviour = Setting<DemoServerConfiguration.Behaviour>(
        "demo.behaviour", variable: "GREETER_TUI_DEMO_BEHAVIOUR", fallback: .guide)
    static let faults = Setting<FaultsSetting>(
        "demo.faults", variable: "GREETER_TUI_FAULT", fallback: FaultsSetting())
    static let seed = Setting<UInt64?>("demo.seed", variable: "GREETER_TUI_SEED", fallback: nil)

    // MARK: The workbench and the log

    static let theme = Setting<ThemeName>("theme", variable: "GREETER_TUI_THEME", fallback: .default)
    static let mouse = Setting<Bool>("mouse", variable: "GREETER_TUI_MOUSE", fallback: true)
    static let keys = SettingGroup<KeyList>(
        "keys", members: Action.allCases.map(\.rawValue), check: KeyRule.problem(with:_:))
    static let columns = SettingGroup<ColumnList>("columns", checkName: ColumnList.problem(withMethod:))
    static let logLevel = Setting<Logger.Level?>("log.level", variable: "GREETER_TUI_LOG_LEVEL", fallback: nil)
    static let logFile = Setting<PathSetting>("log.file", variable: "GREETER_TUI_LOG_FILE", fallback: PathSetting())

    // MARK: The history

    static let history = Setting<Bool>("history.enabled", variable: "GREETER_TUI_HISTORY", fallback: true)
    static let historyAge = Setting<Duration?>(
        "history.age", fallback: .seconds(30 * 86_400), check: isPositive)
    /// In MiB.
    static let historySize = Setting<Int?>("history.size", fallback: 2048) { size in
        size.map { (1...1_000_000).contains($0) } ?? true ? nil : "a number of MiB from 1 to 1000000, or none"
    }

    static let historyRedact = Setting<[HeaderName]>("history.redact", fallback: [])

    static let schema = Schema(
        [
            server, transport, token, allowPlaintextToken, headers, authorities, certificate, key, serverName,
            insecure, proxy, deadline, endOfStream, quietTime, keepAlive, maxMessageSize, subprotocols, gzip,
            loadBalancing,
            maxMetadataSize, retry,
            attempts, backoff,
            maxBackoff, multiplier, jitter, retryOn, attemptDeadline, repeatPost,
            throttleTokens, throttleRatio,
        ] + routes + [healthRoute] + methods
            + [
                services, routeStyle,
            ]
            + [
                demoBehaviour, faults, seed, theme, mouse, keys, columns, logLevel, logFile, history, historyAge,
                historySize,
                historyRedact,
            ])

    @Sendable private static func isPositive(_ duration: Duration?) -> String? { duration.flatMap(RetryRule.time) }
}
