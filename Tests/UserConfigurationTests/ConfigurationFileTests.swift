import RPCCore
import Testing

@testable import UserConfiguration

@Suite("A configuration file")
struct ConfigurationFileTests {
    @Test("holds single values, lists, names of the user's own, and settings below others")
    func reads() throws {
        let settings = try Sample.settings(
            """
            server: "http://h:1"
            deadline: none
            retry: {attempts: 7, on: [A, B]}
            token: {file: secrets/token}
            tls:
              ca: /ca.pem
              insecure: yes
            headers:
              X-One: a
              x-two: [b, c]
            keys: {run: y, cancel: []}
            """)
        #expect(settings[Sample.server].settingText == "http://h:1")
        #expect(settings[Sample.deadline] == nil)
        #expect(settings[Sample.attempts] == 7)
        #expect(settings[Sample.codes].map(\.settingText) == ["A", "B"])
        #expect(settings[Sample.token].source == .file("/etc/secrets/token"))
        #expect(settings[Sample.authorities].path == "/ca.pem")
        #expect(settings[Sample.insecure])
        let headers = settings.members(of: Sample.headers)
        #expect(headers.map(\.name) == ["X-One", "x-two"])
        #expect(headers.map { $0.value.map(\.settingText) } == [["a"], ["b", "c"]])
        #expect(settings.members(of: Sample.keys).map { $0.value.map(\.settingText) } == [[], ["y"]])
    }

    @Test(
        "may be empty, and so may its parts", arguments: ["", "# nothing\n", "---\n", "retry:\nheaders:\nprofiles:\n"])
    func empty(text: String) throws {
        let settings = try Sample.settings(text)
        #expect(settings.lines(of: Sample.schema).allSatisfy { $0.origin == .standard })
        #expect(settings[Sample.deadline] == .seconds(30))
    }

    @Test("an alias stands for what it names")
    func alias() throws {
        let settings = try Sample.settings("headers: &common {A: x}\nprofile: p\nprofiles: {p: {headers: *common}}")
        #expect(settings.members(of: Sample.headers).map(\.name) == ["A"])
    }

    static let errors: [(String, String)] = [
        ("sever: x", "1:1: there is no setting 'sever'; did you mean 'server'?"),
        ("server: x\n  y: z", "2:4: is not YAML: mapping values are not allowed in this context"),
        ("server: [", "2:1: is not YAML: did not find expected node content"),
        ("server: 'x", "1:11: is not YAML: found unexpected end of stream"),
        ("server: x\n---\nserver: y", "2:1: is not YAML: but found another document"),
        ("server: *no", "1:9: is not YAML: found undefined alias"),
        ("server: a\nserver: b", "1:1: 'server' is there twice"),
        ("- server", "1:1: expected settings such as 'server: http://localhost:8000'"),
        ("{[a]: b}", "1:2: expected a name"),
        ("attempts: 3", "1:1: there is no setting 'attempts'; did you mean 'retry.attempts'?"),
        ("retry:\n  atempts: 3", "2:3: there is no setting 'retry.atempts'; did you mean 'attempts'?"),
        (
            "retry: {zzzzzzzzzz: 3}",
            "1:9: there is no setting 'retry.zzzzzzzzzz'; the nearest is 'attempts'; the settings here are attempts, on"
        ),
        ("retry: 3", "1:8: expected the settings of retry, which are attempts, on"),
        ("retry: {attempts: many}", "1:19: 'many' is not a whole number"),
        ("retry: {attempts: 0}", "1:19: '0' is not more than 0"),
        ("retry: {attempts: [1, 2]}", "1:19: expected a single value"),
        ("retry: {on: [a, [b]]}", "1:17: expected a single value"),
        ("retry: {on: {a: b}}", "1:13: expected a value, or a list of values"),
        ("deadline: 5", "1:11: '5' is not a time such as 500ms, 30s or 2m, or none"),
        ("deadline:", "1:10: there is no value"),
        ("deadline: ~", "1:11: there is no value"),
        ("colour: gren", "1:9: 'gren' is not one of red, green, blue; did you mean 'green'?"),
        ("colour: purple-ish", "1:9: 'purple-ish' is not one of red, green, blue"),
        ("tls: {insecure: maybe}", "1:17: 'maybe' is not true or false"),
        (
            "token: hunter2",
            "1:8: a token is not written into this file; say where it is: "
                + "{variable: NAME}, {file: PATH} or {command: COMMAND}"
        ),
        ("token: {}", "1:8: expected token as one of {variable: …}, {file: …}, {command: …}"),
        ("token: [a]", "1:8: expected token as one of {variable: …}, {file: …}, {command: …}"),
        ("token: {file: a, command: b}", "1:8: expected token as one of {variable: …}, {file: …}, {command: …}"),
        ("token: {fil: a}", "1:9: there is no 'fil' in token; did you mean 'file'?"),
        ("token: {file: ''}", "1:8: there is nothing that says where the token is"),
        ("keys: {rum: x}", "1:8: there is no 'rum' in keys; did you mean 'run'?"),
        ("headers: {'a b': x}", "1:11: headers: 'a b' is not the name of a header"),
        ("headers: [a]", "1:10: expected the headers, each with a name"),
        ("profiles: [a]", "1:11: expected profiles, each with a name"),
        ("profiles: {p: 3}", "1:15: expected the settings of the profile"),
        ("profiles: {p: {sever: x}}", "1:16: there is no setting 'sever'; did you mean 'server'?"),
        ("profiles: {p: {profile: q}}", "1:16: 'profile' belongs at the top of the file"),
        ("profile: pord\nprofiles: {prod: {}}", "1:10: there is no profile 'pord'; did you mean 'prod'?"),
        ("profile: p", "1:10: there is no profile 'p'; there are no profiles"),
    ]

    @Test("what is wrong in it is named with line, column and what was expected", arguments: errors)
    func error(text: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try Sample.file(text) }
        #expect(error?.description == "/etc/c.yaml:\(expected)")
    }

    @Test("a file that is not there, too long, or not UTF-8 is named")
    func unreadable() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(path: "/nowhere/c.yaml", schema: Sample.schema)
        }
        #expect(error?.description == "/nowhere/c.yaml: cannot be read: No such file or directory")
        try withFile(Array(repeating: 0x20, count: ConfigurationFile.sizeLimit + 1)) { path in
            let error = #expect(throws: ConfigurationError.self) {
                try ConfigurationFile(path: path, schema: Sample.schema)
            }
            #expect(error?.description == "\(path): is longer than 1048576 bytes")
        }
        try withFile([0xFF, 0xFE]) { path in
            let error = #expect(throws: ConfigurationError.self) {
                try ConfigurationFile(path: path, schema: Sample.schema)
            }
            #expect(error?.description == "\(path): is not UTF-8")
        }
    }
}
