import RPCCore
import Testing

@testable import UserConfiguration

@Suite("Precedence")
struct PrecedenceTests {
    private static let text = """
        retry: {attempts: 1}
        headers: {A: top, B: top}
        profile: p
        profiles:
          p: {retry: {attempts: 2}, headers: {a: profile, C: profile}}
        """

    @Test("flags beat variables, variables the profile, the profile the top of the file")
    func layers() throws {
        let file = try Sample.file(Self.text)
        var flags = Layer()
        try flags.set(Sample.attempts, flag: "--attempts", "4")
        let environment = try Layer(environment: ["X_ATTEMPTS": "3"], schema: Sample.schema)
        let layers = [flags, environment, try file.profile(nil), file.top, Layer()]
        for (index, expected) in [4, 3, 2, 1, 4].enumerated() {
            #expect(Settings(Array(layers[index...]))[Sample.attempts] == expected)
        }
        let place = FilePlace(path: "/etc/c.yaml", line: 5, column: 25)
        #expect(Settings(layers).origin(of: Sample.attempts) == .flag("--attempts"))
        #expect(Settings(Array(layers[1...])).origin(of: Sample.attempts) == .variable("X_ATTEMPTS"))
        #expect(Settings(Array(layers[2...])).origin(of: Sample.attempts) == .file(place, profile: "p"))
        #expect(Settings([]).origin(of: Sample.attempts) == .standard)
    }

    @Test("of a group each name is decided by itself, without case")
    func members() throws {
        let headers = try Sample.settings(Self.text, environment: ["X_HEADER": "b: variable\nd: 1\nd: 2"])
            .members(of: Sample.headers)
        #expect(headers.map(\.name) == ["a", "b", "C", "d"])
        #expect(headers.map { $0.value.map(\.settingText) } == [["profile"], ["variable"], ["profile"], ["1", "2"]])
    }

    @Test("a profile that is named takes the place of the usual one")
    func profile() throws {
        let file = try Sample.file("profile: p\nprofiles: {p: {deadline: 1s}, q: {deadline: 2s}}")
        #expect(Settings([try file.profile(nil)])[Sample.deadline] == .seconds(1))
        #expect(Settings([try file.profile(.init("q", .flag("--profile")))])[Sample.deadline] == .seconds(2))
        let error = #expect(throws: ConfigurationError.self) { try file.profile(.init("r", .flag("--profile"))) }
        #expect(error?.description == "--profile: there is no profile 'r'; did you mean 'p'?")
    }

    static let variables: [([String: String], String)] = [
        (["X_ATTEMPTS": "many"], "X_ATTEMPTS: 'many' is not a whole number"),
        (["X_DEADLINE": "5"], "X_DEADLINE: '5' is not a time such as 500ms, 30s or 2m, or none"),
        (["X_HEADER": "novalue"], "X_HEADER: 'novalue' is not in the form 'NAME: VALUE'"),
        (["X_HEADER": "a b: c"], "X_HEADER: headers: 'a b' is not the name of a header"),
        (["X_TOKEN": "t", "X_TOKEN_FILE": "f"], "X_TOKEN_FILE: X_TOKEN is set, too; unset one of them"),
    ]

    @Test("what is wrong in a variable is named", arguments: variables)
    func variableErrors(environment: [String: String], expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Layer(environment: environment, schema: Sample.schema)
        }
        #expect(error?.description == expected)
    }

    @Test("an empty variable counts as not there; a list is parted by spaces; a token may be in a file")
    func readsVariables() throws {
        let settings = try Sample.settings(
            "", environment: ["X_ATTEMPTS": "", "X_ON": " A  B ", "X_TOKEN_FILE": "t"])
        #expect(settings[Sample.attempts] == 4)
        #expect(settings[Sample.codes].map(\.settingText) == ["A", "B"])
        #expect(settings[Sample.token].source == .file("t"))
        #expect(Sample.schema.variables.contains("X_TOKEN_FILE"))
    }

    // MARK: - What belongs to a server

    @Test("what is written beside a server does not go to another, and is said to be set aside")
    func setAside() throws {
        let text = "server: a\ntoken: {variable: T}\nheaders: {H: x}\ntls: {insecure: true}\ndeadline: 1s"
        let own = try Sample.settings(text)
        #expect(own[Sample.token].source == .variable("T"))
        #expect(own.setAside.isEmpty)
        let other = try Sample.settings(text, environment: ["X_SERVER": "b"])
        #expect(other[Sample.token].source == nil)
        #expect(!other[Sample.insecure])
        #expect(other.members(of: Sample.headers).isEmpty)
        #expect(other[Sample.deadline] == .seconds(1))
        #expect(other.setAside.map(\.name) == ["headers.h", "tls.insecure", "token"])
        #expect(other.setAside.allSatisfy { $0.server == "a" })
    }

    @Test("a profile without a server is about the server of its file")
    func profileOfServer() throws {
        let text = "server: a\nprofile: p\nprofiles: {p: {token: {variable: T}}}"
        #expect(try Sample.settings(text)[Sample.token].source == .variable("T"))
        #expect(try Sample.settings(text, environment: ["X_SERVER": "b"])[Sample.token].source == nil)
    }

    @Test("what is written where no server is named holds for any")
    func anyServer() throws {
        let settings = try Sample.settings("token: {variable: T}", environment: ["X_SERVER": "b"])
        #expect(settings[Sample.token].source == .variable("T"))
    }
}
