/// What an edition, or syntax, decides of fields and enums: the six features that matter to messages and their JSON
/// (https://protobuf.dev/editions/features). Each stands for a file, and can be overridden within it.
struct Features {
    enum Presence: UInt8 { case explicit = 1, implicit, required }

    var presence = Presence.explicit
    var hasClosedEnums = false
    var packsRepeated = true
    var validatesUTF8 = true
    var isDelimited = false

    /// The defaults of an edition (`google.protobuf.Edition`); `nil` for one that is not known.
    init?(edition: Int) {
        switch edition {
        case Self.proto2:
            (hasClosedEnums, packsRepeated, validatesUTF8) = (true, false, false)
        case Self.proto3: presence = .implicit
        case 1000, 1001: break
        default: return nil
        }
    }

    static let proto2 = 998
    static let proto3 = 999

    /// These, with what a `FeatureSet` sets of its own.
    /// - Parameter options: The options of a file, message, field, oneof or enum, with the set in one of their fields.
    func with(_ options: [UInt8], number: Int) throws(WireFault) -> Features {
        var features = self
        try options.readFields { option throws(WireFault) in
            guard option.number == number, option.bytes != nil else { return }
            try option.readFields { features.apply($0) }
        }
        return features
    }

    private mutating func apply(_ feature: RawField) {
        switch (feature.number, feature.value) {
        case (1, 1...3): presence = Presence(rawValue: UInt8(feature.value)) ?? presence
        case (2, 1...2): hasClosedEnums = feature.value == 2
        case (3, 1...2): packsRepeated = feature.value == 1
        case (4, 2...3): validatesUTF8 = feature.value == 2
        case (5, 1...2): isDelimited = feature.value == 2
        default: break
        }
    }
}
