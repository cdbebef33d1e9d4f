import TestSupport
import Testing

@testable import RPCCore

@Suite("What is kept out of what is written")
struct RedactionTests {
    @Test(
        "Which values of set headers are looked for in texts",
        arguments: [
            (MetadataEntry("X-Api-Key", "k1"), "the key k1 is wrong", "the key [redacted] is wrong"),
            (MetadataEntry("X-Tenant", "blue-4711"), "no tenant blue-4711!", "no tenant [redacted]!"),
            (MetadataEntry("X-Mode", "on"), "the light is on", "the light is on"),
            (MetadataEntry("Accept", "application/json"), "not application/json", "not application/json"),
            (MetadataEntry("X-Request-Id", "request-4711"), "request-4711 failed", "request-4711 failed"),
            (
                MetadataEntry("Authorization", "Basic dXNlcjpwYXNz"), "dXNlcjpwYXNz is wrong, Basic dXNlcjpwYXNz",
                "[redacted] is wrong, [redacted]"
            ),
            (MetadataEntry("Cookie", "session=abcdefgh1; a=1"), "session abcdefgh1, a=1", "session [redacted], a=1"),
        ])
    func headers(header: MetadataEntry, text: String, masked: String) {
        #expect(Redaction(headers: [header]).redacted(text) == masked)
    }

    @Test("what is secret from now on is hidden beside what was secret before, on the wire, too")
    func more() {
        let (old, new) = (
            Redaction(secrets: [Secret("old-secret")]), Redaction(headers: [MetadataEntry("X-Key", "new-secret")])
        )
        #expect(new.hiding(old).redacted("old-secret new-secret") == "[redacted] [redacted]")
        #expect(new.hiding(old).hides(MetadataEntry("x-key", "a")))
        let tap = WireTap(redaction: old)
        tap.listen()
        tap.hide(new)
        let connection = TappedConnection(tap)
        tap.disconnected(connection.number, reason: nil)
        tap.record(.closed(reason: "old-secret new-secret"), connection: connection.number)
        #expect(tap.take().records.map(\.fact) == [.closed(reason: "[redacted] [redacted]")])
    }

    @Test("only a header that can be no credential may stand on screen")
    func shown() {
        #expect(
            Redaction.shows(MetadataEntry("X-Mode", "on")) && Redaction.shows(MetadataEntry("Accept", "text/plain")))
        #expect(
            !Redaction.shows(MetadataEntry("X-Tenant", "blue-4711")) && !Redaction.shows(MetadataEntry("Cookie", "a")))
    }

    @Test(
        "Credentials in a query are masked by the name of their parameter",
        arguments: [
            ("/v1/x?access_token=abc", "/v1/x?access_token=[redacted]"),
            ("/v1/x?a=1&token=abc&b=2", "/v1/x?a=1&token=[redacted]&b=2"),
            ("http://h/?API_KEY=a%2Fb#c and more", "http://h/?API_KEY=[redacted]#c and more"),
            ("check '/x?apikey=abc', then", "check '/x?apikey=[redacted]', then"),
            ("/x?key=abc&sig=def&X-Amz-Signature=1", "/x?key=[redacted]&sig=[redacted]&X-Amz-Signature=1"),
            ("/x?client_secret=a&password=b", "/x?client_secret=[redacted]&password=[redacted]"),
            ("/x?token=&monkey=abc&page=2", "/x?token=&monkey=abc&page=2"),
            ("why? token=abc", "why? token=abc"), ("/x?token", "/x?token"), ("???&&&=", "???&&&="),
        ])
    func query(text: String, masked: String) {
        #expect(Credentials.maskingQuery(text) == masked)
        #expect(Redaction().redactedAddress(text) == masked)
    }

    @Test("What a query carries is not said elsewhere either, as it stands or decoded")
    func queryValue() {
        let redaction = Redaction(routes: ["/x?token=abc%2Fdefgh"])
        #expect(redaction.redacted("abc%2Fdefgh or abc/defgh") == "[redacted] or [redacted]")
        #expect(Redaction().hiding(route: "/x?token=abcdefgh").redacted("abcdefgh") == "[redacted]")
        #expect(!Redaction(routes: ["/x?token=abc", "/x"]).hasSecrets)
    }

    @Test("A secret is found byte by byte, and the longer of two first")
    func bytes() {
        let redaction = Redaction(secrets: [Secret("abc"), Secret("abcdef"), Secret("")])
        #expect(redaction.redacted("abcdefabc") == "[redacted][redacted]")
        // A combining character behind it makes another character of the last one, and hides nothing.
        #expect(redaction.redacted("xabc\u{301}") == "x[redacted]\u{301}")
        #expect(redaction.redacted([0xFF] + Array("abc".utf8)) == [0xFF] + Array("[redacted]".utf8))
    }

    /// A message of which nothing but its payload and its role are of interest.
    private static func message(
        _ role: StreamMessage.Role, _ encoding: Payload.Encoding, _ bytes: some Sequence<UInt8>,
        at place: Range<Int>? = nil
    ) -> StreamMessage {
        StreamMessage(
            number: 1, time: .zero, form: encoding == .json ? .textFrame : .grpcMessage, role: role,
            payload: Payload(Greeter.reply, encoding, Array(bytes)[...], message: place))
    }

    private static func masked(_ message: StreamMessage) throws -> StreamMessage {
        let event = Redaction(secrets: [Secret("s3cret")]).redacted(.received([message]))
        guard case .received(let messages) = event else { throw CancellationError() }
        return try #require(messages.first)
    }

    @Test("a masked payload can be read, in either encoding, in an envelope and however the credential is spelled")
    func payloads() throws {
        let hello = HelloReply(message: "no [redacted], and no more", language: "en")
        let binary = Payload(
            HelloReply(message: "no s3cret, and no more", language: "en").value, Greeter.reply, .protobuf)
        #expect(try Self.masked(Self.message(.response, .protobuf, binary.bytes)).body == .reply(hello))
        let inner = #"{"message":"no s3cret, and no more","language":"en"}"#
        let whole = #"{"token":"s3cret","data":"# + inner + "}"
        let place = whole.utf8.count - 1 - inner.utf8.count..<whole.utf8.count - 1
        let enveloped = try Self.masked(Self.message(.response, .json, whole.utf8, at: place))
        #expect(enveloped.body == .reply(hello))
        #expect(
            enveloped.wire == #"{"token":"[redacted]","data":{"message":"no [redacted], and no more","language":"en"}}"#
        )
        let spelled = #"{"message":"no s3cr\u0065t, and no more","language":"en"}"#
        #expect(try Self.masked(Self.message(.response, .json, spelled.utf8)).body == .reply(hello))
        let refused = #"{"error":"no s3cr\u0065t"}"#
        let refusal = try Self.masked(Self.message(.rejection("no s3cret"), .json, refused.utf8))
        #expect(refusal.body == .refusal("no [redacted]"))
        #expect(refusal.wire == nil)
        let broken = try Self.masked(Self.message(.response, .protobuf, [0x0A, 99] + Array("s3cret".utf8)))
        #expect(Array(broken.payload.bytes) == [0x0A, 99] + Array("******".utf8))
        let plain = Self.message(.response, .json, #"{"message":"nothing"}"#.utf8)
        #expect(try Self.masked(plain) == plain)
    }
}
