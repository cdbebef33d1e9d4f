import ArgumentParser

/// A span of time as people write it: `500ms`, `30s`, `2m`, `1h`.
struct DurationArgument: ExpressibleByArgument, Hashable {
    var duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, number < 1e9 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": duration = .seconds(number / 1000)
        case "s": duration = .seconds(number)
        case "m": duration = .seconds(number * 60)
        case "h": duration = .seconds(number * 3600)
        default: return nil
        }
    }

    var defaultValueDescription: String {
        let seconds = duration / .seconds(1)
        return seconds < 1 ? "\(Int(seconds * 1000))ms" : "\(Int(seconds))s"
    }
}

/// A span of time, or `none`.
enum LimitArgument: ExpressibleByArgument, Hashable {
    case none
    case limit(Duration)

    init?(argument: String) {
        if argument == "none" {
            self = .none
        } else if let limit = DurationArgument(argument: argument), limit.duration > .zero {
            self = .limit(limit.duration)
        } else {
            return nil
        }
    }
}
