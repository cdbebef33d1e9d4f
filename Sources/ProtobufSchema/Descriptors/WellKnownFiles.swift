/// The files that schemas import and servers often lack: all of google/protobuf, google/api/annotations.proto and http.proto,
/// google/rpc/status.proto and error_details.proto.
public enum WellKnownFiles {
    public static let files = (try? DescriptorSet.files(in: PackageResources.well_known_protoset)) ?? []

    private static let byName = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Parameter name: As it is imported: `google/protobuf/any.proto`.
    public static func file(named name: String) -> DescriptorFile? { byName[name] }
}
