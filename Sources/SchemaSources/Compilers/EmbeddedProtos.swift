import Foundation

/// The sources of google/api and google/rpc that schemas import and installations of protoc lack, from googleapis-common-protos
/// 1.76.0.
enum EmbeddedProtos {
    private static let files = [
        ("google/api/annotations.proto", PackageResources.annotations_proto),
        ("google/api/http.proto", PackageResources.http_proto),
        ("google/rpc/status.proto", PackageResources.status_proto),
        ("google/rpc/error_details.proto", PackageResources.error_details_proto),
    ]

    /// Writes them below a new folder that only the owner can enter.
    static func write(to folder: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        for name in ["google", "google/api", "google/rpc"] {
            try manager.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
        }
        for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    }
}
