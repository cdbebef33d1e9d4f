import RPCCore

@testable import WorkbenchModel

/// Makes JSON of messages by their shapes: what each field can hold, in every kind.
struct RandomMessages {
    private var random: Chance

    init(seed: UInt64) {
        random = Chance(state: seed)
    }

    /// Numbers that are the same each time (SplitMix64).
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var number = state
            number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
            number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
            return number ^ (number >> 31)
        }
    }

    private static let texts = [
        "", "a", "ä \"quoted\" \\ 日本", "{i}", "}{", "{{x}}", "line\nline", "null", "5", "\u{7F}\u{1}",
    ]

    mutating func json(_ shape: any MessageShape, depth: Int) -> String {
        switch shape.wellKnown {
        case .any: return depth > 0 ? any(shape, depth: depth - 1) : "{}"
        case .duration: return pick(["\"1.5s\"", "\"0s\"", "\"-3.000000001s\""])
        case .fieldMask: return pick(["\"\"", "\"a.bC,d\""])
        case .listValue: return pick(["[]", #"[1,"x",{"a":[null]}]"#])
        case .struct: return pick(["{}", #"{"a":{"b":"}"},"c":1.5}"#])
        case .timestamp: return pick(["\"2026-11-28T09:30:00Z\"", "\"1970-01-01T00:00:00.000000001Z\""])
        case .value: return pick(["null", "1", #""x""#, #"{"a":[1]}"#, "true"])
        case .wrapper: return value(shape.field(0), depth: depth)
        case nil: break
        }
        var (members, oneofs): ([String], Set<Int>) = ([], [])
        for index in 0..<shape.count {
            let field = shape.field(index)
            guard field.presence == .required || Bool.random(using: &random) else { continue }
            if depth <= 0, field.value.branch != nil, field.presence != .required { continue }
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted { continue }
            members.append("\(quoted(field.jsonName)):\(content(field, depth: depth - 1))")
        }
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func content(_ field: FieldShape, depth: Int) -> String {
        switch field.presence {
        case .repeated:
            return
                "[\((0..<Int.random(in: 0...3, using: &random)).map { _ in element(field, depth: depth) }.joined(separator: ","))]"
        case .map:
            let keys = Set((0..<3).map { _ in key(field.key) })
            return "{\(keys.map { "\(quoted($0)):\(element(field, depth: depth))" }.joined(separator: ","))}"
        default: return value(field, depth: depth)
        }
    }

    /// Null is no element, but of values.
    private mutating func element(_ field: FieldShape, depth: Int) -> String { value(field, depth: depth) }

    private mutating func value(_ field: FieldShape, depth: Int) -> String {
        switch field.value {
        case .message(let shape): return json(shape, depth: depth)
        case .enum(let shape):
            if !shape.isClosed, Bool.random(using: &random) { return pick(["0", "77", "-1"]) }
            let value = shape.value(Int.random(in: 0..<shape.count, using: &random))
            return shape.name == "google.protobuf.NullValue" ? "null" : pick([quoted(value.name), "\(value.number)"])
        case .scalar(let type): return scalar(type)
        }
    }

    private mutating func scalar(_ type: ScalarType) -> String {
        switch type {
        case .string: quoted(pick(Self.texts))
        case .bytes: pick(["\"\"", "\"AAEC\"", "\"-_8=\""])
        case .bool: pick(["true", "false"])
        case .double, .float: pick(["0", "-0.0", "1.5", "\"NaN\"", "\"-Infinity\"", "1e10"])
        case .uint64, .fixed64: pick(["0", "\"18446744073709551615\"", "9007199254740993"])
        case .uint32, .fixed32: pick(["0", "4294967295", "\"1e3\""])
        case .int64, .sint64, .sfixed64: pick(["\"-9223372036854775808\"", "1"])
        case .int32, .sint32, .sfixed32: pick(["-2147483648", "7", "1.0"])
        }
    }

    private mutating func key(_ type: ScalarType?) -> String {
        switch type {
        case .string, nil: pick(Self.texts)
        case .bool: pick(["true", "false"])
        default: pick(["0", "1", "23"])
        }
    }

    private mutating func any(_ shape: any MessageShape, depth: Int) -> String {
        // A field that JSON calls @type cannot be told from the type.
        let names = shape.typeNames.filter {
            ($0.hasPrefix("vec.v1.") && $0 != "vec.v1.Names") || $0.hasPrefix("google.protobuf.Time")
        }
        guard let inner = shape.type(pick(names)) else { return "{}" }
        let type = #""@type":"type.googleapis.com/\#(inner.name)""#
        let json = json(inner, depth: depth)
        if inner.wellKnown != nil { return "{\(type),\"value\":\(json)}" }
        return json == "{}" ? "{\(type)}" : "{\(type),\(json.dropFirst())"
    }

    private mutating func pick(_ values: [String]) -> String {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private func quoted(_ text: String) -> String {
        JSONTree.text(text).json(.plain)
    }
}
