import RPCCore

/// The fields of a record that a step looks at.
struct FieldSelection: Hashable, Sendable {
    /// Their names, each once.
    private(set) var names: [String] = []
    /// Whether a record must have the field of the same index.
    private(set) var isRequired: [Bool] = []
    /// Whether a record may have other fields.
    var allowsOthers = true

    /// - Returns: the index of the field, which is added where it is new.
    mutating func add(_ name: String, isRequired required: Bool) -> Int {
        if let index = names.firstIndex(of: name) {
            isRequired[index] = isRequired[index] || required
            return index
        }
        names.append(name)
        isRequired.append(required)
        return names.count - 1
    }

    /// What is wrong with a record of these fields; `nil` where nothing is.
    func problem(with fields: [String]) -> String? {
        for (name, isRequired) in zip(names, isRequired) where isRequired && !fields.contains(name) {
            return "has no field '\(name.prefix(40))'; \(Self.advice(on: name, known: fields))"
        }
        guard !allowsOthers, let other = fields.first(where: { !names.contains($0) }) else { return nil }
        return "has an unknown field '\(other.prefix(40))'; \(Self.advice(on: other, known: names)); "
            + "'send' says what is made of a record with more"
    }

    private static func advice(on name: String, known: [String]) -> String {
        if let nearest = NearestName.suggestion(for: name, among: known) {
            return "did you mean '\(nearest)'?"
        }
        let shown = known.prefix(10).map { "'\($0.prefix(40))'" }.joined(separator: ", ")
        return known.isEmpty ? "it has none" : "the fields are \(shown)\(known.count > 10 ? " and others" : "")"
    }
}
