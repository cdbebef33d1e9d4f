public import DemoServer
public import GRPCTransport
public import GatewayTransport
import Greeter
public import Logging
public import RPCCore
public import Retry
public import UserConfiguration

// Choices that are written as they are named in the library.

extension RetryMode: SettingWord {}
extension Jitter: SettingWord {}
extension EndOfStreamSignal: SettingWord {}
extension GRPCLoadBalancing: SettingWord {}
extension DemoServerConfiguration.Behaviour: SettingWord {}
extension Logger.Level: SettingWord {}

/// A status code by its name, whatever the case of its letters.
extension StatusCode: SettingWord {
    public init?(settingText: String) {
        guard let code = Self.allCases.first(where: { $0.name == settingText.uppercased() }) else { return nil }
        self = code
    }

    public var settingText: String { name }
    public static var words: [String] { allCases.map(\.name) }
    public static var expectation: String { "a status code such as RESOURCE_EXHAUSTED" }
}

/// A server's address, as it was written.
struct ServerSetting: SettingWord {
    let settingText: String
    let address: ServerAddress

    static let demo = ServerSetting(
        settingText: "demo:", address: ServerAddress(scheme: .demo, host: "127.0.0.1", port: 0))

    static var expectation: String { "the address of a server" }

    private init(settingText: String, address: ServerAddress) {
        self.settingText = settingText
        self.address = address
    }

    init?(settingText: String) {
        guard let address = try? ServerAddress(parsing: settingText) else { return nil }
        self.init(settingText: settingText, address: address)
    }

    /// The same in the dialect that is asked for; `nil` where the address says another itself.
    func meant(as dialect: ServerAddress.Dialect) -> ServerSetting? {
        guard !ServerAddress.namesDialect(settingText),
            let address = try? ServerAddress(parsing: settingText, as: dialect)
        else { return nil }
        return ServerSetting(settingText: "\(address)", address: address)
    }

    static func read(_ raw: RawValue) throws(ConfigurationError) -> ServerSetting {
        guard raw.texts.count == 1, let text = raw.texts.first else {
            throw ConfigurationError(raw.origin, "expected one value: \(expectation)")
        }
        do throws(ServerAddressError) {
            return ServerSetting(settingText: text.text, address: try ServerAddress(parsing: text.text))
        } catch {
            throw ConfigurationError(text.origin, "\(error)")
        }
    }
}

/// What carries the calls: what the address says, or one of them.
enum TransportName: String, CaseIterable, SettingWord {
    case auto, gateway, grpc

    /// The dialect that is asked for; `nil` where the address decides.
    var dialect: ServerAddress.Dialect? {
        switch self {
        case .auto: nil
        case .gateway: .gateway
        case .grpc: .grpc
        }
    }
}

/// How a gateway takes requests: what its routes are from says it, or one of the styles.
enum RouteStyleSetting: String, CaseIterable, SettingWord {
    case auto, proto, gateway

    /// The one that is asked for; `nil` where the routes decide.
    var style: RouteStyle? { RouteStyle(rawValue: rawValue) }
}

/// The name of a host, or nothing.
struct HostSetting: SettingWord {
    var name: String?

    init(name: String? = nil) {
        self.name = name
    }

    init?(settingText: String) {
        if settingText == "none" { return }
        guard settingText.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?/) != nil else { return nil }
        name = settingText
    }

    var settingText: String { name ?? "none" }
    static var expectation: String { "the name of a host, or none" }
}

/// A path of the gateway.
struct RouteSetting: SettingWord {
    let path: String

    init(path: String) {
        self.path = path
    }

    init?(settingText: String) {
        guard settingText.hasPrefix("/"), settingText.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        path = settingText
    }

    var settingText: String { path }
    static var expectation: String { "a path that begins with /" }
}

/// The name of a gRPC method: `SayHello`, or with its service, `helloworld.Greeter/SayHello`.
struct MethodSetting: SettingWord {
    let name: String

    init(name: String) {
        self.name = name
    }

    init(standardFor kind: CallKind) {
        name = Greeter.method(kind).ref.name
    }

    init?(settingText: String) {
        guard !settingText.hasPrefix("/"), MethodRef.fullName(of: settingText, in: "") != nil else { return nil }
        name = settingText
    }

    var settingText: String { name }
    static var expectation: String { "a method such as SayHello or helloworld.Greeter/SayHello" }
}

/// A number of bytes, in units of 1,024: `64KiB`, `16MiB`, or a bare number.
struct ByteSize: SettingWord, Hashable {
    let bytes: Int

    private static let units: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    init(bytes: Int) {
        self.bytes = bytes
    }

    init?(settingText: String) {
        let unit = Self.units.first { settingText.lowercased().hasSuffix($0.name.lowercased()) }
        let digits = settingText.dropLast(unit?.name.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        guard !isTooLarge else { return nil }
        self.bytes = bytes
    }

    /// In the largest unit of which it is a whole number.
    var settingText: String {
        guard bytes > 0, let unit = Self.units.first(where: { bytes.isMultiple(of: $0.bytes) }) else {
            return "\(bytes)"
        }
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    static var expectation: String { "a size such as 65536, 64KiB or 16MiB" }
}

/// The ways in which the demo server is to fail.
struct FaultsSetting: SettingValue {
    var orders: [String] = []
    var faults = DemoFaults()

    static var shape: SettingShape { .list }

    static func read(_ raw: RawValue) throws(ConfigurationError) -> FaultsSetting {
        var setting = FaultsSetting()
        for text in raw.texts {
            setting.orders.append(text.text)
            do throws(DemoFaultError) {
                setting.faults = try DemoFaults(parsing: setting.orders)
            } catch {
                throw ConfigurationError(text.origin, "\(error)")
            }
        }
        return setting
    }

    var settingText: String { orders.isEmpty ? "none" : orders.joined(separator: " ") }
}
