extension JSONText {
    /// A key and a number; nothing where there is none.
    package mutating func field(_ key: StaticString, _ value: Int?) {
        guard let value else { return }
        begin(key)
        append(value)
    }

    /// A key and a text; nothing where there is none.
    package mutating func field(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        begin(key)
        append(value)
    }

    package mutating func field(_ key: StaticString, _ value: Bool) {
        number(key, value ? "true" : "false")
    }

    package mutating func field(_ key: StaticString, _ values: [String]) {
        begin(key)
        append(raw: "[")
        for (index, value) in values.enumerated() {
            if index > 0 { append(raw: ",") }
            append(value)
        }
        append(raw: "]")
    }

    /// A key and a number that is text already; nothing where there is none.
    package mutating func number(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        begin(key)
        append(raw: text)
    }

    /// Metadata, with a mask in place of every credential.
    package mutating func field(_ key: StaticString, _ entries: [MetadataEntry]) {
        begin(key)
        append(raw: "[")
        for (index, entry) in entries.enumerated() {
            append(raw: index == 0 ? "{\"name\":" : ",{\"name\":")
            append(entry.name)
            append(raw: ",\"value\":")
            append(entry.isSecret ? Secret.mask : entry.value)
            append(raw: "}")
        }
        append(raw: "]")
    }

    /// The key of another field, behind a comma where it is not the first of its object.
    package mutating func begin(_ key: StaticString) {
        append(raw: bytes.last == UInt8(ascii: "{") ? "\"" : ",\"")
        append(raw: key)
        append(raw: "\":")
    }
}
