extension JSONText {
    /// A key and a number; nothing where there is none.
    mutating func field(_ key: StaticString, _ value: Int?) {
        guard let value else { return }
        begin(key)
        append(value)
    }

    /// A key and a text; nothing where there is none.
    mutating func field(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        begin(key)
        append(value)
    }

    /// A key and a number that is text already.
    mutating func number(_ key: StaticString, _ text: String) {
        begin(key)
        append(raw: text)
    }

    /// Metadata, with a mask in place of every credential.
    mutating func field(_ key: StaticString, _ entries: [MetadataEntry]) {
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

    /// The comma and the key of another field.
    mutating func begin(_ key: StaticString) {
        append(raw: ",\"")
        append(raw: key)
        append(raw: "\":")
    }
}
