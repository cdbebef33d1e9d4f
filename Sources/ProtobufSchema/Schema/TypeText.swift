extension Schema {
    /// The type of a field as it is declared: `repeated string`, `map<string, demo.v1.Book>`.
    public func typeText(of field: FieldDescriptor) -> String {
        if field.isMap {
            let entry = messages[field.type].fields
            guard entry.count == 2 else { return "map" }
            return "map<\(valueText(of: entry[0])), \(valueText(of: entry[1]))>"
        }
        return (field.isRepeated ? "repeated " : "") + valueText(of: field)
    }

    private func valueText(of field: FieldDescriptor) -> String {
        field.typeName.isEmpty ? field.kind.keyword : field.typeName
    }
}
