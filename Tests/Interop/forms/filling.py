"""What is typed to fill in the form of a message, and the message that it is to become.

The form has a row for each field in the order of their numbers; a oneof has one above the first of its fields, and then one for the
field that is set. What is opened has its rows below it. So the keys follow from the type, and the screen need not be read between
them."""
import datetime

from google.protobuf.descriptor import FieldDescriptor as Field

ENTER, DOWN, UP, CLEAR, CLOSE = "\r", "\x0e", "\x10", "\x15", "h"

# Messages in one another that are filled in, and rows; what is beyond is set, or left out where it must have fields.
DEEP, LONG = 6, 250

SIGNED = {Field.TYPE_INT32: 31, Field.TYPE_SINT32: 31, Field.TYPE_SFIXED32: 31,
          Field.TYPE_INT64: 63, Field.TYPE_SINT64: 63, Field.TYPE_SFIXED64: 63}
UNSIGNED = {Field.TYPE_UINT32: 32, Field.TYPE_FIXED32: 32, Field.TYPE_UINT64: 64, Field.TYPE_FIXED64: 64}

# By type: what is typed, and what it means; in turn.
TEXTS = {
    Field.TYPE_STRING: [("text \u00e4 \u2603", None), ('say "hi" \\', None), ("braces {{}} and {{i}}", "braces {} and {i}")],
    Field.TYPE_BYTES: [("hex:00ff10", b"\x00\xff\x10"), ("text:\u00e9", "\u00e9".encode()), ("AQI=", b"\x01\x02"),
                       ("base64:_-8", b"\xff\xef")],
    Field.TYPE_DOUBLE: [("-1.5e300", -1.5e300), ("0.1", 0.1), ("Infinity", float("inf"))],
    Field.TYPE_FLOAT: [("-0.25", -0.25), ("1.5", 1.5), ("3.4028235e38", 3.4028234663852886e38)],
    Field.TYPE_BOOL: [("true", True)],
}
NOON = int(datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC).timestamp())
WELL_KNOWN = {
    "google.protobuf.Timestamp": [("2026-11-28T12:00:00Z", {"seconds": NOON}),
                                  ("2026-11-28T12:00:00.000000001+01:00", {"seconds": NOON - 3600, "nanos": 1})],
    "google.protobuf.Duration": [("500ms", {"nanos": 500_000_000}), ("-1.5s", {"seconds": -1, "nanos": -500_000_000}),
                                 ("2m", {"seconds": 120})],
    "google.protobuf.FieldMask": [("a.b,cD", {"paths": ["a.b", "c_d"]})],
    "google.protobuf.Struct": [('{"a":[1,true,null,"t"]}', {"fields": {"a": {"list_value": {"values": [
        {"number_value": 1}, {"bool_value": True}, {"null_value": 0}, {"string_value": "t"}]}}}})],
    "google.protobuf.ListValue": [('["b",[2.5]]', {"values": [
        {"string_value": "b"}, {"list_value": {"values": [{"number_value": 2.5}]}}]})],
    "google.protobuf.Value": [("word", {"string_value": "word"}), ("2.5", {"number_value": 2.5}), ("true", {"bool_value": True}),
                              ("null", {"null_value": 0}), ("[null]", {"list_value": {"values": [{"null_value": 0}]}})],
}
WRAPPERS = {f"google.protobuf.{name}Value" for name in (
    "Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")}
# Those that are written in one row.
WHOLE = WRAPPERS | set(WELL_KNOWN)
ANY, EMPTY = "google.protobuf.Any", "google.protobuf.Empty"


class Filling:
    """`keys` fills in a form, `message` is what comes of it, and `choices` how many fields the longest oneof has."""

    def __init__(self, schema, name, choice, any_type):
        self.schema, self.choice, self.any_type = schema, choice, any_type
        self.keys, self.choices, self.rows = "", 1, 0
        self.turns, self.opened = {}, [name]
        self.message = schema.message(name)
        if name in WHOLE:
            self._type(self._text_of_message(self.message))
        elif name == ANY:
            self._any(self.message)
        else:
            self._fields(self.message)

    # A message

    def _fields(self, message):
        """Begins in the first row of a message, and ends below the last."""
        rows = self._rows(message.DESCRIPTOR)
        self.rows += len(rows)
        for place, (field, is_oneof) in enumerate(rows):
            if is_oneof:
                # The row of the field is chosen with it; those between are not filled in yet.
                self.keys += ENTER + field.name + ENTER + UP * (rows.index((field, False)) - place)
            else:
                self._field(message, field, is_set=(field, True) in rows)
            self.keys += DOWN

    def _rows(self, descriptor):
        """The fields that have rows, and for each oneof before them the one of it that is set."""
        fields = list(descriptor.fields) + list(self.schema.pool.FindAllExtensions(descriptor))
        rows = []
        for field in sorted(fields, key=lambda field: field.number):
            oneof = field.containing_oneof
            if oneof and not _is_synthetic(oneof):
                members = sorted(oneof.fields, key=lambda field: field.number)
                self.choices = max(self.choices, len(members))
                member = members[self.choice % len(members)]
                if (member, True) not in rows:
                    rows.append((member, True))
                if field != member:
                    continue
            rows.append((field, False))
        return rows

    def _field(self, message, field, is_set):
        if field.is_repeated:
            return self._map(message, field) if _is_map(field) else self._list(message, field)
        if not _has_fields(field):
            value = self._value(field, _inner(message, field) if field.message_type else None)
            return value is None or _put(message, field, value)
        inner, is_any = _inner(message, field), field.message_type.full_name == ANY
        if not self._is_opened(field.message_type):
            if any(field.is_required for field in field.message_type.fields):
                return None
            inner.SetInParent()
            self.keys += "" if is_set else ENTER
            if is_any:
                self.keys += (ENTER if is_set else "") + EMPTY + ENTER
                inner.Pack(self.schema.message(EMPTY))
            self.keys += CLOSE
            return None
        if is_any:
            return self._any(inner)
        self.keys += "" if is_set else ENTER
        return self._open(inner)

    def _is_opened(self, descriptor):
        """Whether the fields of a message are filled in."""
        within = self.opened.count(descriptor.full_name)
        return within < 2 and len(self.opened) < DEEP and self.rows < LONG

    def _open(self, message):
        """Fills in a message that is open and chosen. Ends in its last row."""
        message.SetInParent()
        self.opened.append(message.DESCRIPTOR.full_name)
        self.keys += DOWN
        self._fields(message)
        self.keys += UP
        self.opened.pop()

    def _any(self, message):
        """Chooses a type, and fills in a message of it."""
        inner = self.schema.message(self.any_type)
        self.keys += ENTER + self.any_type + ENTER + DOWN
        if self.any_type == ANY:
            # One in another; its type is chosen in the row that is all of it.
            self.keys += DOWN + ENTER + EMPTY + ENTER + DOWN
            inner.Pack(self.schema.message(EMPTY))
        elif self.any_type in WHOLE:
            self.keys += DOWN
            self._type(self._text_of_message(inner))
        else:
            self._open(inner)
        message.Pack(inner, deterministic=True)

    # Lists and maps

    def _list(self, message, field):
        values = _inner(message, field)
        if not _has_fields(field):
            for _ in range(2):
                self.keys += "+"
                value = self._value(field, values.add() if field.message_type else None, is_open=True)
                if value is not None:
                    values.append(value)
        elif self._is_opened(field.message_type):
            self.keys += "+"
            self._any(values.add()) if field.message_type.full_name == ANY else self._open(values.add())

    def _map(self, message, field):
        key, kind = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        if _has_fields(kind) and not self._is_opened(kind.message_type):
            return
        values = _inner(message, field)
        text, meaning = self._text(key)
        self.keys += "+" + CLEAR + text + ENTER
        if not kind.message_type:
            values[meaning] = self._value(kind, None, is_open=True)
        elif not _has_fields(kind):
            self._value(kind, values[meaning], is_open=True)
        elif kind.message_type.full_name == ANY:
            self._any(values[meaning])
        else:
            self._open(values[meaning])

    # One value

    def _value(self, field, message, is_open=False):
        """Types a value into the chosen row. What is no message is given back."""
        if field.enum_type:
            # The second where there is one: the first is what an enum is without being set.
            value = field.enum_type.values[min(1, len(field.enum_type.values) - 1)]
            self.keys += ENTER + value.name + ENTER
            return value.number
        text, meaning = (self._text_of_message(message), None) if message is not None else self._text(field)
        self._type(text, is_open)
        return meaning

    def _type(self, text, is_open=False):
        self.keys += ("" if is_open else "e") + CLEAR + text + ENTER

    def _text(self, field):
        turn = self._turn(field.type)
        if field.type in SIGNED:
            bits = SIGNED[field.type]
            number = [-(1 << bits), (1 << bits) - 1, -7][turn % 3]
            return str(number), number
        if field.type in UNSIGNED:
            number = [(1 << UNSIGNED[field.type]) - 1, 7][turn % 2]
            return str(number), number
        text, meaning = TEXTS[field.type][turn % len(TEXTS[field.type])]
        return text, text if meaning is None else meaning

    def _text_of_message(self, message):
        """The text of one of a well-known type, which becomes it."""
        name = message.DESCRIPTOR.full_name
        message.SetInParent()
        if name in WRAPPERS:
            text, message.value = self._text(message.DESCRIPTOR.fields_by_name["value"])
            return text
        values = WELL_KNOWN[name]
        text, fields = values[self._turn(name) % len(values)]
        message.MergeFrom(type(message)(**fields))
        return text

    def _turn(self, kind):
        self.turns[kind] = self.turns.get(kind, -1) + 1
        return self.turns[kind]


def _is_synthetic(oneof):
    return len(oneof.fields) == 1 and oneof.name == "_" + oneof.fields[0].name


def _is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _inner(message, field):
    return message.Extensions[field] if field.is_extension else getattr(message, field.name)


def _put(message, field, value):
    if field.is_extension:
        message.Extensions[field] = value
    else:
        setattr(message, field.name, value)


def _has_fields(field):
    """Whether it holds messages whose fields have rows of their own."""
    return field.message_type is not None and field.message_type.full_name not in WHOLE
