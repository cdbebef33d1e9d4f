import Foundation

@testable import UserConfiguration

/// A schema with a setting of every shape.
enum Sample {
    static let server = Setting<Word>("server", variable: "X_SERVER", fallback: Word(settingText: "demo:"))
    static let deadline = Setting<Duration?>("deadline", variable: "X_DEADLINE", fallback: .seconds(30))
    static let attempts = Setting<Int>("retry.attempts", variable: "X_ATTEMPTS", fallback: 4) {
        $0 > 0 ? nil : "more than 0"
    }
    static let codes = Setting<[Word]>("retry.on", variable: "X_ON", fallback: [])
    static let token = Setting<TokenSetting>(
        "token", variable: "X_TOKEN", fallback: TokenSetting(), isOfServer: true)
    static let insecure = Setting<Bool>("tls.insecure", variable: "X_INSECURE", fallback: false, isOfServer: true)
    static let authorities = Setting<PathSetting>("tls.ca", fallback: PathSetting())
    static let colour = Setting<Colour>("colour", fallback: .red)
    static let headers = SettingGroup<[Word]>("headers", variable: "X_HEADER", isOfServer: true) {
        $0.contains(" ") ? "'\($0)' is not the name of a header" : nil
    }
    static let keys = SettingGroup<[Word]>("keys", members: ["run", "cancel"])

    static let schema = Schema([
        server, deadline, attempts, codes, token, insecure, authorities, colour, headers, keys,
    ])

    static func file(_ text: String) throws(ConfigurationError) -> ConfigurationFile {
        try ConfigurationFile(text: text, path: "/etc/c.yaml", schema: schema)
    }

    static func settings(_ text: String, environment: [String: String] = [:]) throws -> Settings {
        let file = try file(text)
        return Settings([
            try Layer(environment: environment, schema: schema), try file.profile(nil), file.top,
        ])
    }
}

/// Any text.
struct Word: SettingWord, Hashable {
    let settingText: String
    static var expectation: String { "a text" }

    init(settingText: String) {
        self.settingText = settingText
    }
}

enum Colour: String, CaseIterable, SettingWord {
    case red, green, blue
}
