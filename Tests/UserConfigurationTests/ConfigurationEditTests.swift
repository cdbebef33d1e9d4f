import TestSupport
import Testing

@testable import UserConfiguration

@Suite("Settings put into a configuration file")
struct ConfigurationEditTests {
    private func edited(_ text: String, _ path: String, _ value: String, isOnly: Bool = false) throws -> String {
        var edit = ConfigurationEdit(text)
        try edit.set(path.split(separator: ".").map(String.init), to: value, isOnly: isOnly)
        return edit.text
    }

    private static let file = """
        # What we use.
        profile: prod   # as a rule

        deadline: 30s   # long enough
        retry:
          # Not for ever.
          attempts: 4
        profiles:
          prod:
            server: grpcs://api.example.com:443  # the real one
            deadline: "5s"
            headers: {X-Tenant: blue, x-mode: 'on'}
          empty:
          flow: {deadline: 1s, retry: {}}
        # The end.

        """

    @Test(
        "only the value changes: comments, order and blanks stay",
        arguments: [
            ("deadline", "2m", "deadline: 30s   # long", "deadline: 2m   # long"),
            ("retry.attempts", "7", "  attempts: 4\n", "  attempts: 7\n"),
            ("profiles.prod.deadline", "9s", "deadline: \"5s\"", "deadline: 9s"),
            ("profiles.prod.server", "demo:", "grpcs://api.example.com:443  # the", "\"demo:\"  # the"),
            ("profiles.prod.headers.x-tenant", "red", "X-Tenant: blue", "X-Tenant: red"),
            ("profiles.prod.headers.X-Mode", "it's off", "'on'", "\"it's off\""),
            ("profiles.flow.deadline", "none", "{deadline: 1s,", "{deadline: none,"),
            ("retry.jitter", "20%", "  attempts: 4\n", "  attempts: 4\n  jitter: 20%\n"),
            (
                "profiles.prod.retry.max-backoff", "10s", "x-mode: 'on'}\n",
                "x-mode: 'on'}\n    retry:\n      max-backoff: 10s\n"
            ),
            ("profiles.prod.headers.X-New", "a b", "{X-Tenant", "{X-New: a b, X-Tenant"),
            ("profiles.empty.deadline", "3s", "  empty:\n", "  empty:\n    deadline: 3s\n"),
            ("profiles.flow.retry.jitter", "none", "retry: {}", "retry: {jitter: none}"),
            ("profiles.flow.tls.ca", "/a/b.pem", "{deadline: 1s", "{tls: {ca: /a/b.pem}, deadline: 1s"),
        ])
    func changes(path: String, value: String, old: String, new: String) throws {
        let text = Self.file
        #expect(try edited(text, path, value) == text.replacing(old, with: new))
        // With the line ends of Windows, too.
        let other = text.replacing("\n", with: "\r\n")
        #expect(
            try edited(other, path, value)
                == text.replacing(old, with: new).replacing("\n", with: "\r\n"))
    }

    @Test("what is not there yet is made, in a file that is empty, has comments only, or no end of its last line")
    func makes() throws {
        #expect(try edited("", "profiles.prod.deadline", "3s") == "profiles:\n  prod:\n    deadline: 3s\n")
        #expect(try edited("# mine", "deadline", "3s") == "# mine\ndeadline: 3s\n")
        #expect(try edited("server: h:1", "deadline", "3s") == "server: h:1\ndeadline: 3s\n")
    }

    @Test("where a token is has one form: another takes its place")
    func token() throws {
        #expect(try edited("token: {variable: A}\n", "token.file", "/t", isOnly: true) == "token: {file: /t}\n")
        #expect(
            try edited("token:\n  variable: A  # ours\n", "token.command", "pass: show", isOnly: true)
                == "token:\n  command: \"pass: show\"  # ours\n")
        #expect(try edited("deadline: 3s\n", "token.file", "/t", isOnly: true) == "deadline: 3s\ntoken:\n  file: /t\n")
    }

    @Test(
        "any text comes back as it is",
        arguments: [
            "", " ", "null", "~", "yes", "- a", "a: b", "a #b", "#", "\"", "'", "\\n", "{x}", "[x]", "@x", "%x", "é",
            "a\tb",
            "|", ">", "&a", "*a", "!x", "a:", "1e3", "=", "?",
        ])
    func texts(value: String) throws {
        for text in ["", "colour: red\n", "colour: {a: b}\n", "other: x  # no\n"] {
            guard var edit = Optional(ConfigurationEdit(text)) else { return }
            do {
                try edit.set(["top", "key"], to: value)
            } catch {
                Issue.record("\(text) \(value): \(error)")
                continue
            }
            #expect(edit.text.hasPrefix(text) || text.isEmpty)
            var again = ConfigurationEdit(edit.text)
            // The same once more is found in its place.
            try again.set(["top", "key"], to: value)
            #expect(again.text == edit.text)
        }
    }

    @Test(
        "what cannot be changed in its place is left as it is, and said",
        arguments: [
            ("deadline: |\n  3s\n", "deadline"), ("retry: [a, b]\n", "retry.attempts"),
            ("deadline: [1s]\n", "deadline"),
            ("a: {", "deadline"), ("- a\n", "deadline"),
            ("base: &b {deadline: 1s}\nprofiles: {x: *b}\n", "profiles.x.deadline"),
            ("token: {file: a, variable: b}\n", "token.command"),
        ])
    func refused(text: String, path: String) throws {
        var edit = ConfigurationEdit(text)
        #expect(throws: ConfigurationEditError.self) {
            try edit.set(path.split(separator: ".").map(String.init), to: "5s", isOnly: path.hasPrefix("token"))
        }
        #expect(edit.text == text)
    }
}
