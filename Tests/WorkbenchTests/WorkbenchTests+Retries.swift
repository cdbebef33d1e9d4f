import Testing

extension WorkbenchTests {
    private static let patient = ["--backoff", "60s", "--max-backoff", "60s", "--jitter", "none", "--deadline", "none"]

    @Test("a call is seen to recover, attempt by attempt, each begun by hand")
    func recovers() throws {
        let session = try PtySession(["--fault", "refuse=1", "--fault", "drop-after=2"] + Self.patient)
        try session.see("● healthy")
        try session.see("⚠ 2 faults")
        session.type("r")
        try session.see("↻ attempt 2 of 4 in ")
        try session.see("R now  x gives up")
        try session.see("1 ✕ UNAVAILABLE at ")
        try session.see("waiting 60s of at most 60s: 60s   tokens 9.0/10")
        session.type("R")
        try session.see("↻ attempt 3 of 4 in ")
        try session.see("3 uncertain)")
        session.type("R")
        try session.see("✓ OK after 3 attempts in ")
        try session.see(": 3 sent, 3 delivered, 0 uncertain, 1 received")
        try session.see("cut short with R: 60s of at most 60s: 60s")
        try session.see("3 ✓ OK  the server said complete and closed (1000)")
        try session.see("↻ 3 sent again")
        try session.see("Alice · en        ↻✓")
        try session.see("Attempts · call 1 · client stream · faults refuse=1 drop-after=2")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("a call is seen to give up when its attempts are used up")
    func givesUp() throws {
        let session = try PtySession(["--fault", "status=503", "--attempts", "3", "--backoff", "20ms"])
        try session.see("● healthy")
        session.type("r")
        try session.see("✕ UNAVAILABLE: the server answered HTTP 503: Service Unavailable (at upgrade; 3 attempts in ")
        for attempt in 1...3 {
            try session.see("\(attempt) ✕ UNAVAILABLE at upgrade: the server answered HTTP 503")
        }
        try session.see("0 sent, 0 delivered, 0 uncertain, 0 received")
        session.type("4G")
        try session.see("no retry: all 3 attempts were made")
        session.type("q")
        #expect(try session.exit() == 0)
    }

    @Test("x gives up while the next attempt is waited for, and faults ordered in the palette strike the next call")
    func ordersFaults() throws {
        let session = try PtySession(Self.patient)
        try session.see("● healthy")
        session.type(":demo server fail\r")
        try session.see("Faults of the demo server")
        session.type("\r")
        try session.see("Order refuse=N")
        session.type("0\r")
        try session.see("✕ a whole number from 1 to 1000000000")
        session.type("\u{7F}1\r")
        try session.see("✓ refuse=1")
        session.type("\u{1b}")
        try session.miss("Faults of the demo server")
        try session.see("● healthy  ⚠ 1 fault")
        session.type("r")
        try session.see("↻ attempt 2 of 4 in ")
        session.type("x")
        try session.see("CANCELLED: given up while waiting for the next attempt (at cancellation")
        try session.see("given up while waiting 60s of at most 60s: 60s")
        session.type("r")
        try session.see("✓ OK: 3 sent, 1 received")
        session.type("q")
        #expect(try session.exit() == 0)
    }
}
