/// The descriptors of the services and messages in `Protos`, as `protoc` has written them.
package enum ServiceDescriptors {
    /// A `FileDescriptorSet` with one descriptor for each `.proto` file (google/protobuf/descriptor.proto).
    package static var set: [UInt8] { PackageResources.greeter_protoset }
}
