import RPCCore
import Testing

@Suite("Small values")
struct ValueTests {
    @Test(
        "durations are read as people write them",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("1.5s", .milliseconds(1500)), ("2m", .seconds(120)),
            ("1h", .seconds(3600)), ("0s", .zero), ("250us", .microseconds(250)), (".5s", .milliseconds(500)),
        ])
    func duration(text: String, expected: Duration) {
        #expect(Duration(text: text) == expected)
    }

    @Test(
        "what is no duration is refused",
        arguments: ["", "5", "s", "-1s", "1 s", "1d", "1.2.3s", "９s", "1e3s", "99999999h", "nans"])
    func noDuration(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(
        "durations are written short",
        arguments: [
            (Duration.zero, "0s"), (.milliseconds(800), "0.8s"), (.milliseconds(100), "100ms"), (.seconds(30), "30s"),
            (.seconds(90), "90s"), (.seconds(120), "2m"), (.seconds(7200), "2h"), (.microseconds(5), "5us"),
        ])
    func durationText(duration: Duration, text: String) {
        #expect(duration.text == text)
        #expect(Duration(text: text) == duration)
    }

    @Test(
        "the nearest name is the one that takes the fewest edits, whatever its case",
        arguments: [
            ("nmae", "name"), ("LANGUAG", "language"), ("name", "name"), ("langage", "language"), ("", "name"),
        ])
    func nearestName(name: String, expected: String) {
        #expect(NearestName.of(name, among: ["name", "language"]) == expected)
    }

    @Test("no name is near when every one takes more edits than allowed, or when there is none")
    func noNearestName() {
        #expect(NearestName.of("xxxxxxx", among: ["name"], within: NearestName.slip) == nil)
        #expect(NearestName.of("nameabc", among: ["name"], within: NearestName.slip) == "name")
        #expect(NearestName.of("name", among: [String]()) == nil)
        let long = String(repeating: "a", count: 1_000_000)
        #expect(NearestName.of(long, among: [String(repeating: "a", count: 64), "b"], within: 0) != nil)
    }

    @Test("a secret gives itself away to nobody who does not ask")
    func secret() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), String(describing: [secret]), dumped,
        ] {
            #expect(!text.contains("hunter2"))
        }
        #expect(secret.reveal() == "hunter2")
    }

    @Test(
        "credentials in metadata are masked, other values are not",
        arguments: [
            ("Authorization", true), ("x-api-key", true), ("Set-Cookie", true), ("x-auth-token", true),
            ("client-secret", true), ("content-type", false), ("server", false),
        ])
    func metadata(name: String, isSecret: Bool) {
        let entry = MetadataEntry(name, "value-42")
        #expect(entry.isSecret == isSecret)
        #expect("\(entry)".contains("value-42") != isSecret)
    }

    @Test("the status codes are those of gRPC")
    func statusCodes() {
        #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
        #expect(StatusCode.allCases.first { $0.name == "DEADLINE_EXCEEDED" }?.rawValue == 4)
        #expect(Set(StatusCode.allCases.map(\.name)).count == 17)
    }
}

@Suite("Pushback")
struct PushbackTests {
    @Test(
        "milliseconds are read, and what forbids a retry or makes no sense forbids it",
        arguments: [
            ("0", Pushback.wait(.zero)), ("250", .wait(.milliseconds(250))), ("-1", .stop), ("", .stop), ("1.5", .stop),
            ("soon", .stop), ("99999999999", .stop),
        ])
    func parses(_ text: String, _ expected: Pushback) {
        #expect(Pushback(milliseconds: text) == expected)
    }
}
