import Foundation

/// The schemas that several implementations were tried with.
package enum MessageSchemas {
    /// A `FileDescriptorSet`.
    package static func bytes() throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: tests.appending(path: "ProtobufSchemaTests/Vectors/schemas.protoset")))
    }
}
