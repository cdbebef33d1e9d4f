import ArgumentParser
import Foundation
import GRPCTransport
import ProtobufSchema
import RPCCore
import SchemaSources
import UserConfiguration

/// Completes names of a schema in a shell: from the files that the line names, from what was kept of the server, or else from the
/// server itself, which gets a moment and no credentials. Whatever goes wrong, there is nothing to complete, and nothing is said.
enum SchemaCompletion {
    /// What can stand in the place of the word.
    case methods, services, symbols

    /// How long a server is waited for: whoever presses tab waits, too.
    private static let patience = Duration.milliseconds(800)
    /// So many names are offered at most.
    private static let limit = 1000
    /// Of a server with more services only their names are asked for.
    private static let eagerLimit = 100

    var kind: CompletionKind {
        .custom { words, _, prefix in await names(for: prefix, in: words) }
    }

    private func names(for prefix: String, in words: [String]) async -> [String] {
        let usual = self == .methods ? CallKind.allCases.map(\.rawValue) : []
        let known = await Names(CommandLineWords(words))?.names(of: self) ?? []
        let all = usual + known.filter(\.isPlainName)
        // A method can be named by less than its whole name.
        let matching = all.filter { $0.hasPrefix(prefix) }
        let found = matching.isEmpty ? Self.shortNames(all).filter { $0.hasPrefix(prefix) } : matching
        return Array(found.prefix(Self.limit))
    }

    private static func shortNames(_ names: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for name in names {
            guard let slash = name.lastIndex(of: "/") else { continue }
            let service = name[..<slash].split(separator: ".").last ?? ""
            counts["\(service)\(name[slash...])", default: 0] += 1
            counts[String(name[name.index(after: slash)...]), default: 0] += 1
        }
        return counts.filter { $0.value == 1 }.map(\.key).sorted()
    }

    /// What is known of services without a word to anybody.
    private struct Names {
        var services: [String]
        var schema: ProtobufSchema.Schema

        init?(_ words: CommandLineWords) async {
            let sets = words.values(of: "--protoset")
            if !sets.isEmpty {
                guard let sourced = try? SetFile.read(sets) else { return nil }
                self.init(services: sourced.services.map(\.name), files: sourced.files)
                return
            }
            let environment = ProcessInfo.processInfo.environment
            guard words.values(of: "--reflection").last != "off",
                let settings = words.settings(environment: environment)
            else { return nil }
            let address = settings[Known.server].address
            guard address.scheme == .grpc || address.scheme == .grpcs || address.scheme.dialect == .grpc,
                !address.scheme.isDemo
            else { return nil }
            let folder = UserDirectories(environment: environment).stateFolder
            let cache = words.has("--no-schema-cache") ? nil : folder.map { SchemaCache(stateFolder: $0) }
            let kept = (cache?.read(address)).map { Self(services: $0.services, files: $0.files) }
            if let kept, kept.undefined.isEmpty {
                self = kept
                return
            }
            let tls = TLSOptions(
                authorityFile: settings[Known.authorities].path, isInsecure: settings[Known.insecure])
            if let entry = await Self.ask(address, tls) {
                if !entry.files.isEmpty { cache?.write(entry, for: address) }
                self.init(services: entry.services, files: entry.files)
            } else if let kept {
                self = kept
            } else {
                return nil
            }
        }

        private init(services: [String], files: [DescriptorFile]) {
            self.services = services
            schema = ProtobufSchema.Schema(files)
        }

        /// The services of which only the names are known.
        private var undefined: [String] {
            services.filter { !MethodRef.isCommon(service: $0) && schema.service($0) == nil }
        }

        func names(of kind: SchemaCompletion) -> [String] {
            let own = services.filter { !MethodRef.isCommon(service: $0) }
            let methods = schema.services.filter { !MethodRef.isCommon(service: $0.fullName) }
                .flatMap(\.methods).filter { $0.problem == nil }.map(\.fullName)
            switch kind {
            case .services: return own
            case .methods: return methods + undefined.map { "\($0)/" }
            case .symbols: return own + methods + schema.messages.map(\.fullName) + schema.enums.map(\.fullName)
            }
        }

        /// Asks a server, as long as anybody waits for it. It may answer later: nobody listens then.
        private static func ask(_ address: ServerAddress, _ tls: TLSOptions) async -> SchemaCache.Entry? {
            let (answers, answer) = AsyncStream.makeStream(of: SchemaCache.Entry?.self)
            let asking = Task.detached {
                let transport = GRPCTransport(
                    server: address, configuration: GRPCConfiguration(tls: tls), clock: SystemClock())
                var limits = ReflectionLimits()
                limits.closing = .zero
                let reflection = Reflection(over: transport, limits: limits)
                guard let services = try? await reflection.services() else { return answer.finish() }
                let isSmall = services.count <= eagerLimit
                let sourced = isSmall ? try? await reflection.schema(of: services) : nil
                answer.yield(SchemaCache.Entry(services: services, files: sourced?.files ?? []))
            }
            let waiting = Task.detached {
                // By the machine's own time: it is a person who waits at a shell, and cancelling it only ends it sooner.
                try? await Task.sleep(for: patience)
                answer.finish()
            }
            defer {
                asking.cancel()
                waiting.cancel()
            }
            for await entry in answers { return entry }
            return nil
        }
    }
}

/// The words of a line that is being typed, as far as they say where names are to be found.
struct CommandLineWords {
    private let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    func has(_ flag: String) -> Bool { words.contains(flag) }

    /// What an option is given, in both of its forms.
    func values(of option: String) -> [String] {
        words.indices.compactMap { index in
            if words[index].hasPrefix("\(option)=") { return String(words[index].dropFirst(option.count + 1)) }
            return words[index] == option && index + 1 < words.count ? words[index + 1] : nil
        }.filter { !$0.isEmpty }
    }

    /// What is in effect, as far as it can be known before the line is complete.
    func settings(environment: [String: String]) -> Settings? {
        let arguments = ["--config", "--profile"].flatMap { option in
            values(of: option).last.map { [option, $0] } ?? []
        }
        var layer = Layer()
        guard let options = try? ConfigurationOptions.parse(arguments),
            (try? layer.set(Known.server, flag: "--server", values(of: "--server").last)) != nil,
            (try? layer.set(Known.authorities, flag: "--ca", values(of: "--ca").last)) != nil,
            (try? layer.set(Known.insecure, flag: "--insecure", has("--insecure") ? "true" : nil)) != nil
        else { return nil }
        return try? options.load(layer, environment: environment).settings
    }
}

extension String {
    /// Whether it is a name of a schema and nothing else: a server may send anything for one.
    fileprivate var isPlainName: Bool {
        !isEmpty && utf8.count <= 512
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
