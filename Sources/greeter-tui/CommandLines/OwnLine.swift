import Foundation
import Plans
import RPCCore
import Retry
import UserConfiguration
import WorkbenchModel

/// A call as a command line of this program.
struct OwnLine {
    let writer: CommandLineWriter
    let call: CallState
    let requests: [String]?

    private var settings: Settings { writer.settings }

    func text() throws(CommandLineProblem) -> String {
        let (before, after) = try sending()
        let words =
            ["greeter-tui", "call"] + before + server + given + ofCall + ofSchema + writer.selection.map(Shell.word)
        return (words + after).joined(separator: " ")
    }

    // MARK: What is sent

    /// The words behind the command that say what is called and sent, and those at the end.
    private func sending() throws(CommandLineProblem) -> (before: [String], after: [String]) {
        if call.plan.isPlain, let requests {
            guard let method = call.method else { return greetings(requests) }
            let data = requests.joined(separator: " ")
            return ([Shell.word(method.ref.fullName), "-d", Shell.word(data)], [])
        }
        if let number = call.resends {
            guard call.recorded?.id == number || call.recorded == nil else { return try planned() }
            return (["--again", "\(number)", "--recorded"], [])
        }
        return try planned()
    }

    /// Requests of the service that the program knows by itself: by the names alone where there is no more to say.
    private func greetings(_ requests: [String]) -> (before: [String], after: [String]) {
        let values = requests.map { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String] }
        let names = values.compactMap { $0?["name"] }
        let languages = Set(values.map { $0?["language"] ?? "en" })
        let isSimple =
            names.count == requests.count && languages.count == 1
            && values.allSatisfy { $0?.keys.contains("name") == true && $0?.count ?? 9 <= 2 }
            && names.allSatisfy { !$0.hasPrefix("-") && !$0.isEmpty } && !names.isEmpty
        guard isSimple, let language = languages.first, !language.isEmpty else {
            return ([call.kind.rawValue, "-"], [Shell.input(requests.joined(separator: "\n"))])
        }
        let flag = language == "en" ? [] : ["--language", Shell.word(language)]
        return ([call.kind.rawValue] + names.map(Shell.word) + flag, [])
    }

    /// A plan that does more than to send one request after another, as it is written.
    private func planned() throws(CommandLineProblem) -> (before: [String], after: [String]) {
        guard !call.plan.readsStandardInput else {
            throw CommandLineProblem("its requests came from standard input")
        }
        guard !call.plan.steps.isEmpty else { throw CommandLineProblem("it has no requests yet") }
        var plan = call.plan.inWorkingDirectory
        plan.method = call.method?.ref.fullName ?? plan.method
        let text: String
        do {
            text = try plan.yaml()
        } catch {
            throw CommandLineProblem("\(error)")
        }
        let target = call.method == nil ? [call.kind.rawValue] : []
        return (target + ["--plan", "-"], [Shell.input(text)])
    }

    // MARK: Where it goes

    private var server: [String] { ["--server", Shell.word(call.server)] }

    /// What the program was told on its own command line of the server and the way there. What the environment and the configuration say holds
    /// for the line as well.
    private var given: [String] {
        var words = switched("insecure", settings.given(Known.insecure)) + switched("gzip", settings.given(Known.gzip))
        for (flag, text) in [
            ("--transport", settings.given(Known.transport)?.rawValue),
            ("--ca", settings.given(Known.authorities)?.path),
            ("--end-of-stream", settings.given(Known.endOfStream)?.settingText),
            ("--quiet-time", settings.given(Known.quietTime)?.exactText),
            ("--load-balancing", settings.given(Known.loadBalancing)?.settingText),
            ("--keep-alive", settings.given(Known.keepAlive)?.settingText),
            ("--max-message-size", settings.given(Known.maxMessageSize)?.settingText),
            ("--max-metadata-size", settings.given(Known.maxMetadataSize)?.settingText),
            ("--proxy", settings.given(Known.proxy)?.settingText),
        ] {
            words += option(flag, text)
        }
        guard writer.isOwnServer(call) else { return words }
        if case .file(let path)? = settings.given(Known.token)?.source { words += option("--token-file", path) }
        words += switched("allow-plaintext-token", settings.given(Known.allowPlaintextToken))
        words += option("--cert", settings.given(Known.certificate)?.path)
        words += option("--key", settings.given(Known.key)?.path)
        words += option("--server-name", settings.given(Known.serverName)?.name)
        for name in settings.given(Known.subprotocols) ?? [] { words += option("--subprotocol", name.name) }
        return words + headers
    }

    private var headers: [String] {
        let given = settings.members(of: Known.headers).filter(\.origin.isOfRun)
        let lines = given.flatMap { header in
            header.value.values.map { writer.secrets.text(of: MetadataEntry(header.name, $0)) }
        }
        let expands = (lines + writer.reflectionHeaders()).contains(where: SecretReference.isReference)
        return lines.flatMap { option("--header", $0) } + (expands ? ["--expand-headers"] : [])
    }

    // MARK: How it is made

    /// What is chosen on screen, where it is not what holds anyway.
    private var ofCall: [String] {
        var words: [String] = []
        if call.method == nil, let route = call.options.method, !call.options.isMethodMasked {
            words += option("--method", route)
        }
        if call.options.deadline != settings[Known.deadline] || settings.given(Known.deadline) != nil {
            words += option("--deadline", call.options.deadline.settingText)
        }
        for fault in call.faults { words += option("--fault", fault.text) }
        return words + retry
    }

    private var retry: [String] {
        let (policy, backoff) = (call.retry, call.retry.backoff)
        var words = differing("--retry", policy.mode, Known.retry)
        words += differing("--attempts", policy.maximumAttempts, Known.attempts)
        words += differing("--backoff", backoff.initial, Known.backoff)
        words += differing("--max-backoff", backoff.maximum, Known.maxBackoff)
        words += differing("--multiplier", backoff.multiplier, Known.multiplier)
        words += differing("--jitter", backoff.jitter, Known.jitter)
        words += differing("--attempt-deadline", policy.attemptDeadline, Known.attemptDeadline)
        let codes = policy.retryableCodes.subtracting([.unavailable])
        if codes != Set(settings[Known.retryOn]).subtracting([.unavailable]) || settings.given(Known.retryOn) != nil {
            words += codes.sorted { $0.rawValue < $1.rawValue }.flatMap { option("--retry-on", $0.name) }
        }
        guard policy.allowsRepeatedPost != settings[Known.repeatPost] || settings.given(Known.repeatPost) != nil else {
            return words
        }
        return words + switched("repeat-post", policy.allowsRepeatedPost)
    }

    private var ofSchema: [String] {
        let schema = writer.schema
        var words =
            schema.protoset.flatMap { option("--protoset", $0) } + schema.proto.flatMap { option("--proto", $0) }
        words += schema.importPath.flatMap { option("--import-path", $0) }
        if schema.reflection != .auto { words += option("--reflection", schema.reflection.rawValue) }
        words += writer.reflectionHeaders().flatMap { option("--reflect-header", $0) }
        words += option("--services", settings.given(Known.services)?.path)
        return words + option("--style", settings.given(Known.routeStyle)?.settingText)
    }

    // MARK: Words

    private func option(_ flag: String, _ text: String?) -> [String] { text.map { [flag, Shell.word($0)] } ?? [] }

    private func switched(_ name: String, _ isOn: Bool?) -> [String] {
        isOn.map { $0 ? ["--\(name)"] : ["--no-\(name)"] } ?? []
    }

    /// A flag where a value is not the one in effect, or was given as a flag.
    private func differing<Value: Equatable & SettingText>(
        _ flag: String, _ value: Value, _ setting: Setting<Value>
    ) -> [String] {
        value != settings[setting] || settings.given(setting) != nil ? option(flag, value.settingText) : []
    }
}

extension PlanDocument {
    /// Whether it sends one request after another and does no more.
    var isPlain: Bool {
        let isSimple = steps.allSatisfy { if case .request = $0 { true } else { false } }
        return isSimple && flow == PlanFlow() && stop == PlanStop() && correlate == nil
    }

    /// The plan with paths that lead to the same files from everywhere.
    fileprivate var inWorkingDirectory: PlanDocument { moved(to: FileManager.default.currentDirectoryPath) }
}
