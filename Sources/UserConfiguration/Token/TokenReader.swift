import Foundation
public import RPCCore

/// Fetches a bearer token from where it is.
///
/// Nothing of what is read, and nothing that a command says, is in an error.
public struct TokenReader: Sendable {
    /// The longest text that holds a token, in bytes: 64 KiB.
    public static let sizeLimit = 64 << 10
    /// How long a command may take: long enough to type a passphrase.
    public static let commandLimit = Duration.seconds(30)

    private let environment: [String: String]
    private let clock: any CallClock
    private let commandLimit: Duration
    private let lendsTerminal: Bool

    /// - Parameter lendsTerminal: Whether a command may ask for a passphrase on the terminal: not where a screen is drawn there.
    public init(
        environment: [String: String], clock: any CallClock = SystemClock(), commandLimit: Duration = commandLimit,
        lendsTerminal: Bool = true
    ) {
        self.lendsTerminal = lendsTerminal
        self.environment = environment
        self.clock = clock
        self.commandLimit = commandLimit
    }

    /// The token, without the white space around it; `nil` where there is to be none.
    /// - Parameter origin: Where the setting was written, for errors.
    /// - Throws: ``ConfigurationError`` where it cannot be had, or is no token.
    public func token(of setting: TokenSetting, from origin: Origin) async throws(ConfigurationError) -> Secret? {
        switch setting.source {
        case nil: return nil
        case .variable(let name):
            guard let text = environment[name] else {
                throw ConfigurationError(origin, "the variable \(name) is not set")
            }
            return try check(Array(text.utf8), name, origin)
        case .file(let path): return try check(try contents(of: path, origin), path, origin)
        case .command(let text):
            let command = ShellCommand(
                text: text, outputLimit: Self.sizeLimit, timeLimit: commandLimit, origin: origin)
            let output = try await command.output(clock: clock, lendsTerminal: lendsTerminal)
            return try check(output, "the token command", origin)
        }
    }

    private func contents(of path: String, _ origin: Origin) throws(ConfigurationError) -> [UInt8] {
        do throws(FileReadingError) {
            return try FileReading.contents(of: path, limit: Self.sizeLimit)
        } catch {
            throw ConfigurationError(origin, "\(error)")
        }
    }

    private func check(_ bytes: [UInt8], _ source: String, _ origin: Origin) throws(ConfigurationError) -> Secret {
        let place = origin.description == source ? "" : "\(source): "
        let token = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw ConfigurationError(origin, "\(place)there is no token in it") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConfigurationError(
                origin, "\(place)a token holds printable ASCII characters only, and no spaces")
        }
        return Secret(token)
    }
}
