package import SwiftProtobuf

/// The descriptors of the services and messages in this module, as `protoc` has written them.
package enum ServiceDescriptors {
    /// One descriptor for each `.proto` file.
    /// - Throws: where what is built in is no set of descriptors.
    package static func files() throws -> [Google_Protobuf_FileDescriptorProto] {
        try Google_Protobuf_FileDescriptorSet(serializedBytes: PackageResources.greeter_protoset).file
    }

    /// The same as bytes: a `FileDescriptorSet`.
    package static var set: [UInt8] { PackageResources.greeter_protoset }
}
