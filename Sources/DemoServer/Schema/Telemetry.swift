import Foundation
import ProtobufSchema

/// A sensor of `demo.telemetry.v1.Telemetry`, whose samples are the same in every run.
struct DemoSensor: Sendable {
    let name: String
    /// Of `Unit`.
    let unit: Int32
    let range: ClosedRange<Double>
    let interval: Duration
    let tags: [String]

    static let all = [
        DemoSensor(name: "boiler", unit: 1, range: 55...85, interval: .seconds(1), tags: ["heating", "cellar"]),
        DemoSensor(name: "door", unit: 4, range: 0...12, interval: .seconds(60), tags: ["entrance"]),
        DemoSensor(name: "mains", unit: 2, range: 221...239, interval: .milliseconds(20), tags: ["power", "cellar"]),
        DemoSensor(name: "roof", unit: 1, range: -12...38, interval: .seconds(10), tags: ["weather"]),
    ]

    static func named(_ name: String) throws(GRPCStatus) -> DemoSensor {
        if name.isEmpty { throw GRPCStatus(.invalidArgument, "name: A sensor must be named") }
        guard let sensor = all.first(where: { $0.name == name }) else {
            throw GRPCStatus(
                .notFound, "There is no sensor '\(name.prefix(64))', but \(all.map(\.name).joined(separator: ", "))")
        }
        return sensor
    }

    /// Answers `Describe`.
    @Sendable static func describe(_ request: DynamicMessage) throws(GRPCStatus) -> DynamicMessage {
        let sensor = try named(request.text("name"))
        return DynamicMessage(
            "demo.telemetry.v1.Sensor",
            [
                "name": .text(sensor.name), "unit": .one(.enum(sensor.unit)),
                "least": .one(.double(sensor.range.lowerBound)), "greatest": .one(.double(sensor.range.upperBound)),
                "interval": .duration(sensor.interval), "installed": .time(.seconds(-86_400 * sensor.number)),
                // Beyond what a double can hold.
                "serial_number": .one(.uint(9_007_199_254_740_993 + UInt64(sensor.number))),
                "tags": .texts(sensor.tags), "labels": .map(sensor.labels),
            ])
    }

    /// The sample of a number, counted from 1.
    func sample(_ sequence: Int, at time: Duration, withRaw: Bool) -> DynamicMessage {
        let phase = Double(sequence % 1_000_000) * 0.37 + Double(number)
        let half = (range.upperBound - range.lowerBound) / 2
        let value = ((range.lowerBound + half + half * sin(phase)) * 100).rounded() / 100
        // Every seventh is doubtful, every 29th is wrong.
        let quality: Int32 = sequence.isMultiple(of: 29) ? 3 : sequence.isMultiple(of: 7) ? 2 : 1
        let register = UInt32(truncatingIfNeeded: Int((value * 100).rounded()))
        var sample = DynamicMessage(
            "demo.telemetry.v1.Sample",
            [
                "sensor": .text(name), "value": .one(.double(value)), "unit": .one(.enum(unit)), "at": .time(time),
                "sequence": .count(sequence), "quality": .one(.enum(quality)), "labels": .map(labels),
                "raw": .one(.bytes(withRaw ? withUnsafeBytes(of: register.bigEndian) { Array($0) } : [])),
                "spectrum": .list((1...4).map { .float(Float($0) / 4 + Float(sequence % 8)) }),
                "drift": .one(.int(Int64(sequence % 5 - 2))),
            ])
        // Who doubts a value says by how much.
        if quality == 2, let field = sample.descriptor.field(named: "tolerance") { sample[field] = .one(.float(0.5)) }
        return sample
    }

    private var number: Int { Self.all.firstIndex { $0.name == name } ?? 0 }

    private var labels: [DynamicMessage.MapKey: DynamicMessage.Value] {
        [.string("site"): .string("demo"), .string("floor"): .string(tags.contains("cellar") ? "-1" : "0")]
    }
}

/// A call of `Watch`.
struct SampleWatch: ServiceCall {
    private static let usualCount = 10
    private static let longestInterval = Duration.seconds(3600)

    private var sensors: [DemoSensor] = []
    private var count = 0
    private var interval = Duration.zero
    private var sendsRaw = false
    private var said = 0

    mutating func receive(_ request: DynamicMessage) throws(GRPCStatus) -> [DynamicMessage] {
        var sensors: [DemoSensor] = []
        // As often as it is asked for, but not without end.
        for name in request.texts("sensors").prefix(1000) { sensors.append(try DemoSensor.named(name)) }
        self.sensors = sensors.isEmpty ? DemoSensor.all : sensors
        count = Int(request.integer("count"))
        if count == 0 { count = Self.usualCount }
        sendsRaw = request.isTrue("raw")
        if let interval = request.message("interval") {
            let (seconds, nanos) = (interval.integer("seconds"), interval.integer("nanos"))
            guard (0...3600).contains(seconds), (0..<1_000_000_000).contains(nanos),
                .seconds(seconds) + .nanoseconds(nanos) <= Self.longestInterval
            else { throw GRPCStatus(.invalidArgument, "interval: It must be between 0s and 3600s") }
            self.interval = .seconds(seconds) + .nanoseconds(nanos)
        }
        return []
    }

    var pace: Duration? { said < count ? interval : nil }

    mutating func speak() -> DynamicMessage? {
        let sensor = sensors[said % sensors.count]
        let sequence = said / sensors.count + 1
        said += 1
        let time = (interval > .zero ? interval : .seconds(1)) * said
        return sensor.sample(sequence, at: time, withRaw: sendsRaw)
    }
}

/// A call of `Record` or of `Windows`. Holds the sums of one reply, and the names of 64 sensors, each cut at 64 characters.
struct SampleSums: ServiceCall {
    private static let nameLimit = 64

    /// How many samples make a reply; `nil` for all.
    let window: Int?
    private var sums = Sums()

    init(window: Int?) {
        self.window = window
    }

    mutating func receive(_ request: DynamicMessage) throws(GRPCStatus) -> [DynamicMessage] {
        guard !request.text("sensor").isEmpty else {
            throw GRPCStatus(.invalidArgument, "sensor: A sample must name its sensor")
        }
        guard request.double("value").isFinite else {
            throw GRPCStatus(.invalidArgument, "value: It must be a finite number")
        }
        sums.add(request)
        guard sums.count == window else { return [] }
        return [takeSummary()]
    }

    mutating func finish() -> [DynamicMessage] {
        window == nil || sums.count > 0 ? [takeSummary()] : []
    }

    private mutating func takeSummary() -> DynamicMessage {
        defer { sums = Sums() }
        return sums.summary
    }

    private struct Sums {
        var count = 0
        private var range = 0.0...0.0
        private var mean = 0.0
        private var bySensor: [String: UInt64] = [:]
        private var byQuality: [Int32: UInt64] = [:]
        private var others: UInt64 = 0
        private var times: (first: DynamicMessage, last: DynamicMessage)?
        private var checksum: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func add(_ sample: DynamicMessage) {
            let value = sample.double("value")
            range = count == 0 ? value...value : min(range.lowerBound, value)...max(range.upperBound, value)
            count += 1
            mean += value / Double(count) - mean / Double(count)
            let name = String(sample.text("sensor").prefix(64))
            if bySensor[name] != nil || bySensor.count < nameLimit {
                bySensor[name, default: 0] += 1
            } else {
                others += 1
            }
            // Numbers that `Quality` does not have are one.
            let quality = sample.integer("quality")
            byQuality[(0...3).contains(quality) ? Int32(quality) : -1, default: 0] += 1
            for byte in sample.bytes("raw") { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01B3 }
            if let time = sample.message("at") { span(time) }
        }

        private mutating func span(_ time: DynamicMessage) {
            func order(_ time: DynamicMessage) -> (Int64, Int64) { (time.integer("seconds"), time.integer("nanos")) }
            let (first, last) = times ?? (time, time)
            times = (order(time) < order(first) ? time : first, order(time) > order(last) ? time : last)
        }

        var summary: DynamicMessage {
            let qualities = byQuality.sorted { $0.key < $1.key }.map { quality, count in
                DynamicMessage.Value.message(
                    DynamicMessage(
                        "demo.telemetry.v1.Summary.QualityCount",
                        ["quality": .one(.enum(quality)), "count": .one(.uint(count))]))
            }
            let names = bySensor.map { (DynamicMessage.MapKey.string($0), DynamicMessage.Value.uint($1)) }
            var summary = DynamicMessage(
                "demo.telemetry.v1.Summary",
                [
                    "count": .count(count), "least": .one(.double(range.lowerBound)),
                    "greatest": .one(.double(range.upperBound)), "mean": .one(.double(mean)),
                    "by_sensor": .map(Dictionary(uniqueKeysWithValues: names)), "by_quality": .list(qualities),
                    "others": .one(.uint(others)),
                    "checksum": .one(.bytes(withUnsafeBytes(of: checksum.bigEndian) { Array($0) })),
                ])
            for (name, time) in [("first", times?.first), ("last", times?.last)] {
                guard let time, let field = summary.descriptor.field(named: name) else { continue }
                summary[field] = .one(.message(time))
            }
            return summary
        }
    }
}
