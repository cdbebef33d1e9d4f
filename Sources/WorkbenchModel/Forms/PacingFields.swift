import Plans
import RPCCore

/// How fast the requests of a step follow each other.
struct PacingFields: Hashable, Sendable {
    var every: Field<Duration?>
    var jitter: Field<Double>
    var batch: Field<Int?>
    var batchPause: Field<Duration?>

    static var order: [WritableKeyPath<Self, FieldInput>] {
        [\.every.input, \.jitter.input, \.batch.input, \.batchPause.input]
    }

    init(_ pacing: Pacing) {
        every = Self.every(pacing.every)
        jitter = Field("jitter", pacing.jitter, .fraction, hint: "how much 'every' varies, such as 20%")
        batch = Field(
            "batch", pacing.batch?.size, .optional(.count()), hint: "so many, then a longer pause, such as 50")
        batchPause = Field(
            "batch pause", pacing.batch?.pause, .optional(.time), hint: "the pause after each batch, such as 1s")
    }

    static func every(_ time: Duration?) -> Field<Duration?> {
        Field("every", time, .optional(.time), hint: "from one to the next, such as 100ms; empty: at once")
    }

    mutating func read() -> Pacing {
        let jitter = jitter.read() ?? 0
        let pacing = Pacing(every: every.readOptional(), jitter: jitter, batch: readBatch())
        if jitter > 0, every.isEmpty { self.jitter.input.problem = "spreads the times of 'every', which is empty" }
        return pacing
    }

    private mutating func readBatch() -> Pacing.Batch? {
        let (size, pause) = (batch.readOptional(), batchPause.readOptional())
        if size != nil, batchPause.isEmpty { batchPause.input.problem = "a time, such as 1s" }
        if pause != nil, batch.isEmpty { batch.input.problem = "how many requests come before each pause" }
        guard let size, let pause else { return nil }
        return Pacing.Batch(size: size, pause: pause)
    }
}
