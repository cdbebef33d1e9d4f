import Foundation
import TestSupport
import Testing

@testable import RPCCore

@Suite("Numbers from outside")
struct BoundsTests {
    @Test(
        "A floating-point number becomes the nearest whole one, whatever it is",
        arguments: [
            (0, 0), (-0.0, 0), (1.9, 1), (-1.9, -1), (.nan, 0), (.infinity, .max), (-.infinity, .min),
            (1e308, .max), (-1e308, .min), (1e-308, 0), (0x1p63, .max),
            (-0x1p63, .min), (0x1p62, 1 << 62),
        ] as [(Double, Int)])
    func clamping(number: Double, whole: Int) {
        #expect(Int(clamping: number) == whole)
    }

    @Test(
        "A time of seconds is no longer than a year either way",
        arguments: [
            (0, .zero), (1.5, .milliseconds(1500)), (.nan, .zero), (.infinity, .longest), (1e308, .longest),
            (-1e308, .zero - .longest), (31_536_000, .longest), (31_536_001, .longest),
        ] as [(Double, Duration)])
    func seconds(seconds: Double, time: Duration) {
        #expect(Duration(clampingSeconds: seconds) == time)
    }

    @Test("A time is multiplied up to the longest that there is")
    func scaled() {
        #expect(Duration.seconds(3).scaled(by: 1.5) == .milliseconds(4500))
        for factor in [1e308, .infinity, .nan, 1e20] { #expect(Duration.seconds(3).scaled(by: factor) == .longest) }
        #expect(Duration.zero.scaled(by: 1e308) == .zero)
    }

    @Test("A time as text is one, or none", arguments: Extremes.texts)
    func durationText(text: String) {
        for unit in ["us", "ms", "s", "m", "h", ""] {
            guard let duration = Duration(text: text + unit) else { continue }
            #expect((.zero ... .longest).contains(duration))
        }
    }

    @Test(
        "The longest times that there are have a text",
        arguments: [Duration.longest, .seconds(Int64.max), .seconds(Int64.min), .nanoseconds(Int64.max)])
    func texts(time: Duration) {
        for text in [time.text, time.exactText, time.secondsText, time.exactSecondsText] { #expect(!text.isEmpty) }
        let zone = TimeZone(identifier: "GMT") ?? .current
        for date in [Date.distantFuture, .distantPast, Date(timeIntervalSince1970: 1e308)] {
            #expect(TimeOfDay.text(of: date, after: time, in: zone).wholeMatch(of: /\d\d:\d\d:\d\d\.\d{3}/) != nil)
        }
    }

    @Test("What is left of a throttle has a text", arguments: [0, -1, 9.5, 1e308, -1e308, .nan, .infinity])
    func throttle(tokens: Double) {
        #expect(ThrottleLevel(tokens: tokens, maximum: tokens).description.contains("/"))
    }

    /// Lines of a transcript, with every field of every event in them.
    static let lines = [
        #"{"time":1,"event":"attempt_started","attempt":1,"wall_clock":1}"#,
        #"{"time":1,"event":"sent","attempt":1,"number":1,"size":1,"form":"text frame","name":"A"}"#,
        #"{"time":1,"event":"received","attempt":1,"number":1,"size":1,"form":"text frame","body":"reply","message":"A","answers":1}"#,
        #"{"time":1,"event":"received","attempt":1,"number":1,"size":1,"form":"text frame","body":"reply","message":"A","replies_before":1,"refusals_before":1}"#,
        #"{"time":1,"event":"paired","attempt":1,"pairing":"guess","ratio":1,"ratio_at_most":1,"from_reply":1,"from_request":1,"up_to":1}"#,
        #"{"time":1,"event":"acknowledged","attempt":1,"up_to":1}"#,
        #"{"time":1,"event":"resent","attempt":1,"from":1,"to":1}"#,
        #"{"time":1,"event":"attempt_ended","attempt":1,"code":14,"error":{"origin":"send","cause":"x","safe_to_retry":true,"close_code":1,"retry_after":1,"delivery":{"sent":1,"answered":1,"refused":1,"received":1}}}"#,
        #"{"time":1,"event":"retry_scheduled","attempt":1,"next_attempt":1,"maximum_attempts":1,"delay":1,"at_most":1,"formula":"x","first_request":1,"start":1,"tokens":1,"tokens_maximum":1}"#,
        #"{"time":1,"event":"ended","attempt":1,"code":0,"rule":"x","attempts":1,"sent":1,"answered":1,"refused":1,"received":1,"result":1}"#,
    ]

    @Test("A line of a transcript with any number in any field is an event or is refused", arguments: lines)
    func eventLines(line: String) throws {
        #expect(throws: Never.self) { try EventLine(line.utf8) }
        var taken = 0
        for field in line.matches(of: /"([a-z_]+)":(1|14|0)[,}]/) {
            for number in Extremes.numbers {
                let changed = line.replacingCharacters(in: field.2.startIndex..<field.2.endIndex, with: number)
                guard let event = try? EventLine(changed.utf8, start: .seconds(5)) else { continue }
                taken += 1
                var output = JSONText()
                EventLines(start: .zero, now: event.time, attempt: event.attempt).append(event.event, to: &output)
                let text = TextLinesProbe.text(of: event.event)
                #expect(!output.isEmpty || text.isEmpty)
            }
        }
        #expect(taken > 0)
    }
}

/// What of an event is put into words.
private enum TextLinesProbe {
    static func text(of event: CallEvent) -> String {
        switch event {
        case .retryScheduled(let schedule): "\(schedule.throttle) \(schedule.delay.text) \(schedule.bound.text)"
        case .ended(let outcome): "\(outcome.delivery.uncertain) \(outcome.time.text)"
        case .attemptEnded(let error, let time): "\(error.delivery.uncertain) \(time.text)"
        case .paired(let rule):
            "\(rule.pair(of: AnswerPlace(replies: .countLimit, refusals: .countLimit), isRefusal: true)?.request ?? 0)"
        case .resent(let numbers, _): "\(numbers.count)"
        default: ""
        }
    }
}
