"""The demo server's telemetry and chat, called with messages that grpcio learns by reflection."""
import grpc
from grpc_reflection.v1alpha import proto_reflection_descriptor_database as reflection
from google.protobuf import descriptor_pool, message_factory

LIMIT = 60


class Client:
    """Methods of any service, with the definitions that the server gives."""

    def __init__(self, channel):
        self._channel = channel
        self.database = reflection.ProtoReflectionDescriptorDatabase(channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def method(self, name):
        """- Returns: what calls a method, and the class of its requests."""
        service, method = name.split("/")
        found = self.pool.FindServiceByName(service).FindMethodByName(method)
        request, reply = map(message_factory.GetMessageClass, (found.input_type, found.output_type))
        kind = "_".join("stream" if streams else "unary" for streams in (found.client_streaming, found.server_streaming))
        return getattr(self._channel, kind)(f"/{name}", request.SerializeToString, reply.FromString), request


def fnv(data):
    """FNV-1a of 64 bits (RFC 9923)."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value.to_bytes(8, "big")


def check_telemetry(client, check):
    describe, request = client.method("demo.telemetry.v1.Telemetry/Describe")
    sensor = describe(request(name="mains"), timeout=LIMIT)
    check("telemetry: integers of 64 bits, durations, times, lists and maps",
          (sensor.serial_number, sensor.interval.ToMilliseconds(), sensor.installed.ToJsonString(), list(sensor.tags),
           dict(sensor.labels)),
          (2**53 + 3, 20, "2025-12-30T00:00:00Z", ["power", "cellar"], {"site": "demo", "floor": "-1"}))
    try:
        describe(request(name="attic"), timeout=LIMIT)
        code = None
    except grpc.RpcError as error:
        code = error.code()
    check("telemetry: a sensor that is not there", code, grpc.StatusCode.NOT_FOUND)

    watch, request = client.method("demo.telemetry.v1.Telemetry/Watch")
    samples = list(watch(request(sensors=["roof", "mains"], count=1000, raw=True), timeout=LIMIT))
    check("telemetry: 1,000 samples of two sensors in turn",
          [(sample.sensor, sample.sequence) for sample in samples],
          [(name, number) for number in range(1, 501) for name in ("roof", "mains")])
    check("telemetry: the register is the value in hundredths",
          [int.from_bytes(sample.raw, "big", signed=True) for sample in samples],
          [round(sample.value * 100) for sample in samples])
    check("telemetry: a tolerance is there where the quality is suspect",
          all(sample.HasField("tolerance") == (sample.quality == 2) for sample in samples), True)

    record, _ = client.method("demo.telemetry.v1.Telemetry/Record")
    summary = record(iter(samples), timeout=LIMIT)
    values = [sample.value for sample in samples]
    check("telemetry: all samples are summed up",
          (summary.count, summary.least, summary.greatest, dict(summary.by_sensor)),
          (1000, min(values), max(values), {"roof": 500, "mains": 500}))
    check("telemetry: their mean", abs(summary.mean - sum(values) / 1000) < 1e-9, True)
    check("telemetry: their qualities", {each.quality: each.count for each in summary.by_quality},
          {quality: sum(sample.quality == quality for sample in samples) for quality in (1, 2, 3)})
    check("telemetry: their checksum", summary.checksum, fnv(b"".join(sample.raw for sample in samples)))
    check("telemetry: their times", (summary.first, summary.last), (samples[0].at, samples[-1].at))

    windows, _ = client.method("demo.telemetry.v1.Telemetry/Windows")
    check("telemetry: a window for ten samples", [each.count for each in windows(iter(samples[:25]), timeout=LIMIT)],
          [10, 10, 5])


def check_chat(client, check):
    rooms, request = client.method("demo.chat.v1.Chat/Rooms")
    check("chat: rooms", [room.name for room in rooms(request(), timeout=LIMIT).rooms], ["lobby", "ops", "tea"])
    talk, request = client.method("demo.chat.v1.Chat/Talk")
    said = [request(correlation="a", text="early"), request(correlation="b", join={"room": "ops", "name": "Ana"}),
            *(request(correlation=f"c{number}", text="so") for number in range(3)), request(correlation="d", leave={})]
    heard = [(each.correlation, each.WhichOneof("what")) for each in talk(iter(said), timeout=LIMIT)]
    check("chat: what is said is heard, in order", [each for each in heard if each[0]],
          [("a", "refused"), ("b", "joined"), ("c0", "text"), ("c1", "text"), ("c2", "text"), ("d", "left")])
    check("chat: others speak, too", [each for each in heard if not each[0]], [("", "text")] * 2)


def check_all(channel, check):
    client = Client(channel)
    check("reflection: numbers of extensions",
          72295728 in client.database.FindAllExtensionNumbers("google.protobuf.MethodOptions"), True)
    check_telemetry(client, check)
    check_chat(client, check)
