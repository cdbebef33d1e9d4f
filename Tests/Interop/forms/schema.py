"""The types of messages that the tests have as data, and a service with a method for each of them that takes it and gives it back."""
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SET = pathlib.Path(__file__).parents[2] / "ProtobufSchemaTests" / "Vectors" / "schemas.protoset"
SERVICE = "forms.v1.Echo"


class Schema:
    def __init__(self):
        files = descriptor_pb2.FileDescriptorSet.FromString(SET.read_bytes()).file
        self.pool = descriptor_pool.DescriptorPool()
        for file in files:
            self.pool.AddSerializedFile(file.SerializeToString())
        self.types = sorted(name for file in files for name in _messages(file.package, file.message_type))
        self.pool.AddSerializedFile(_service(files, self.types).SerializeToString())
        message_factory.GetMessageClassesForFiles([file.name for file in files], self.pool)

    def message(self, name):
        """An empty message of a type."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()


def method(name):
    """The method for a type."""
    return name.replace(".", "_")


def _messages(scope, messages):
    for message in messages:
        if not message.options.map_entry:
            name = f"{scope}.{message.name}" if scope else message.name
            yield name
            yield from _messages(name, message.nested_type)


def _service(files, types):
    package, name = SERVICE.rsplit(".", 1)
    echo = descriptor_pb2.FileDescriptorProto(name="forms/v1/echo.proto", package=package, syntax="proto3")
    echo.dependency.extend(file.name for file in files)
    service = echo.service.add(name=name)
    for type_name in types:
        service.method.add(name=method(type_name), input_type="." + type_name, output_type="." + type_name)
    return echo
