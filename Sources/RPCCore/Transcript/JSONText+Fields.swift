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
        list(key, values) { $0.append($1) }
    }

    /// A key and a list.
    package mutating func list<Element>(
        _ key: StaticString, _ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void
    ) {
        begin(key)
        append(raw: "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(raw: ",") }
            write(&self, element)
        }
        append(raw: "]")
    }

    /// Braces, and what is written between them.
    package mutating func object(_ write: (inout JSONText) -> Void) {
        append(raw: "{")
        write(&self)
        append(raw: "}")
    }

    /// A message as an object of its fields.
    package mutating func append(_ value: MessageValue) {
        object { for field in value.fields { $0.field(field) } }
    }

    /// A field of a message.
    mutating func field(_ field: MessageValue.Field) {
        if bytes.last != UInt8(ascii: "{") { append(raw: ",") }
        append(field.name)
        append(raw: ":")
        // JSON is safe for a terminal where it is made: see the codecs.
        if field.isJSON { append(raw: field.text) } else { append(field.text) }
    }

    /// A key and a number that is text already; nothing where there is none.
    package mutating func number(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        begin(key)
        append(raw: text)
    }

    /// Metadata, with a mask in place of every credential.
    package mutating func field(_ key: StaticString, _ entries: [MetadataEntry]) {
        list(key, entries) { output, entry in
            output.object {
                $0.field("name", entry.name)
                $0.field("value", entry.isSecret ? Secret.mask : entry.value)
            }
        }
    }

    /// The key of another field, behind a comma where it is not the first of its object.
    package mutating func begin(_ key: StaticString) {
        append(raw: bytes.last == UInt8(ascii: "{") ? "\"" : ",\"")
        append(raw: key)
        append(raw: "\":")
    }
}
