import RPCCore

/// What is likely to have been meant by a name that is not known.
extension MessageDescriptor {
    func nearestField(to name: String) -> String? {
        NearestName.suggestion(for: name, among: fields.flatMap { [$0.name, $0.jsonName] })
    }
}

extension EnumDescriptor {
    func nearestValue(to name: String) -> String? {
        NearestName.suggestion(for: name, among: values.prefix(1000).map(\.name))
    }
}
