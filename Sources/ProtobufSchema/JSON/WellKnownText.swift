/// Times, durations and field masks as they are written in JSON (google/protobuf/timestamp.proto, duration.proto, field_mask.proto).
enum WellKnownText {
    struct Time {
        var seconds: Int64
        var nanos: Int32
    }

    /// The seconds that a timestamp can have, from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    static let timestampRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    static let durationRange: ClosedRange<Int64> = -315_576_000_000...315_576_000_000
    static let nanosRange: Range<Int64> = 0..<1_000_000_000

    // MARK: Timestamp

    static func timestamp(_ text: String) -> Time? {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, digits: 4), skip("-", &rest), let month = number(&rest, digits: 2),
            skip("-", &rest), let day = number(&rest, digits: 2), skip("T", &rest),
            let hour = number(&rest, digits: 2), skip(":", &rest), let minute = number(&rest, digits: 2),
            skip(":", &rest), let second = number(&rest, digits: 2), let nanos = fraction(&rest),
            let offset = offset(&rest), rest.isEmpty
        else { return nil }
        guard (1...12).contains(month), (1...days(of: month, in: year)).contains(day), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let seconds = Int64(dayNumber(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        return timestampRange.contains(seconds) ? Time(seconds: seconds, nanos: nanos) : nil
    }

    /// `nil` where it is out of range.
    static func text(ofTimestamp seconds: Int64, _ nanos: Int64) -> String? {
        guard timestampRange.contains(seconds), nanosRange.contains(nanos) else { return nil }
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let (year, month, date) = civil(Int(day))
        let time = Int(seconds - day * 86_400)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))T\(padded(time / 3600, 2)):"
            + "\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))\(text(ofFraction: Int(nanos)))Z"
    }

    // MARK: Duration

    static func duration(_ text: String) -> Time? {
        var rest = Array(text.utf8)[...]
        let isNegative = skip("-", &rest)
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...12).contains(digits.count), let seconds = number(&rest, digits: digits.count),
            let nanos = fraction(&rest, digits: 0...9), skip("s", &rest), rest.isEmpty
        else { return nil }
        guard durationRange.contains(Int64(seconds)) else { return nil }
        return Time(seconds: isNegative ? -Int64(seconds) : Int64(seconds), nanos: isNegative ? -nanos : nanos)
    }

    /// `nil` where it is out of range, or its parts have different signs.
    static func text(ofDuration seconds: Int64, _ nanos: Int64) -> String? {
        guard durationRange.contains(seconds), nanosRange.contains(nanos.magnitude > 999_999_999 ? -1 : abs(nanos)),
            seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
        else { return nil }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(text(ofFraction: Int(nanos.magnitude)))s"
    }

    // MARK: Field masks

    /// The paths in their original names: `book.title,shelfName` is `book.title` and `shelf_name`.
    static func paths(_ text: String) -> [String]? {
        guard !text.isEmpty else { return [] }
        var paths: [String] = []
        for path in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !path.isEmpty, !path.contains("_") else { return nil }
            guard
                path.unicodeScalars.allSatisfy({
                    $0 == "." || $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0)
                })
            else { return nil }
            paths.append(
                path.unicodeScalars.reduce(into: "") {
                    $0 += ("A"..."Z").contains($1) ? "_\(String($1).lowercased())" : String($1)
                })
        }
        return paths
    }

    /// `nil` where a path would come back as another one.
    static func text(ofPaths paths: [String]) -> String? {
        let texts = paths.map { path in
            path.split(separator: ".", omittingEmptySubsequences: false).map { part in
                var (text, capitalizes) = ("", false)
                for scalar in part.unicodeScalars {
                    if scalar == "_" {
                        capitalizes = true
                    } else {
                        text += capitalizes ? String(scalar).uppercased() : String(scalar)
                        capitalizes = false
                    }
                }
                return text
            }.joined(separator: ".")
        }
        let text = texts.joined(separator: ",")
        return Self.paths(text) == paths ? text : nil
    }

    // MARK: Any

    /// The full name of a type from its URL, of which it is the last part: `type.googleapis.com/demo.v1.Book`.
    static func typeName(inURL url: String) -> String? {
        let name = url[(url.lastIndex(of: "/").map(url.index(after:)) ?? url.startIndex)...]
        return name.isEmpty ? nil : String(name)
    }

    // MARK: Parts

    private static func skip(_ mark: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        rest = rest.dropFirst(digits)
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Nanoseconds of up to nine digits after a point, where there is one.
    private static func fraction(_ rest: inout ArraySlice<UInt8>, digits: ClosedRange<Int> = 1...9) -> Int32? {
        guard skip(".", &rest) else { return 0 }
        let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        guard digits.contains(count), var value = number(&rest, digits: count) else { return nil }
        for _ in count..<9 { value *= 10 }
        return Int32(value)
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if skip("Z", &rest) { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("-", &rest) || skip("+", &rest), let hour = number(&rest, digits: 2), skip(":", &rest),
            let minute = number(&rest, digits: 2), hour < 24, minute < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hour * 3600 + minute * 60)
    }

    /// With no digits, or three, six or nine.
    private static func text(ofFraction nanos: Int) -> String {
        if nanos == 0 { return "" }
        if nanos % 1_000_000 == 0 { return ".\(padded(nanos / 1_000_000, 3))" }
        if nanos % 1000 == 0 { return ".\(padded(nanos / 1000, 6))" }
        return ".\(padded(nanos, 9))"
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    // MARK: The calendar

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, whose pattern repeats every 400 years of 146,097 days; years
    /// are counted from March, so that a leap day is the last of its year.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let day = shifted - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}
