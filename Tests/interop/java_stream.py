"""Reads Java object streams far enough to say what a cluster's messages hold; values become plain Python ones."""
import struct


class Object(dict):
    """Fields by name; what the class wrote by itself is in `extra`."""

    def __init__(self, class_name):
        super().__init__()
        self.class_name = class_name
        self.extra = []

    def __str__(self):
        if self.class_name.startswith("java.lang.") and "value" in self:
            return str(self["value"])
        return self.class_name


class Stream:
    """One stream from its magic number on."""

    FIRST_HANDLE = 0x7E0000
    PRIMITIVES = {"B": ">b", "C": ">H", "D": ">d", "F": ">f", "I": ">i", "J": ">q", "S": ">h", "Z": ">?"}

    def __init__(self, data):
        self.data = data
        self.position = 0
        self.handles = []
        if self.take(">HH") != (0xACED, 5):
            raise ValueError("not a Java stream")

    def take(self, form):
        values = struct.unpack_from(form, self.data, self.position)
        self.position += struct.calcsize(form)
        return values if len(values) > 1 else values[0]

    def bytes(self, count):
        found = bytes(self.data[self.position : self.position + count])
        self.position += count
        return found

    def text(self, form=">H"):
        return self.bytes(self.take(form)).decode("utf-8", "replace")

    def remember(self, value):
        self.handles.append(value)
        return len(self.handles) - 1

    def items(self):
        """Everything up to the end: objects and blocks of data."""
        found = []
        while self.position < len(self.data):
            found.append(self.item())
        return found

    def annotation(self):
        found = []
        while self.data[self.position] != 0x78:
            found.append(self.item())
        self.position += 1
        return found

    def item(self):
        code = self.take(">B")
        if code == 0x70:
            return None
        if code == 0x71:
            return self.handles[self.take(">i") - self.FIRST_HANDLE]
        if code == 0x74:
            return self.handles[self.remember(self.text())]
        if code == 0x7C:
            return self.handles[self.remember(self.text(">q"))]
        if code == 0x77:
            return self.bytes(self.take(">B"))
        if code == 0x7A:
            return self.bytes(self.take(">i"))
        if code == 0x73:
            return self.object()
        if code == 0x75:
            return self.array()
        if code == 0x7E:
            description = self.description()
            value = Object(description["name"])
            self.remember(value)
            value["value"] = self.item()
            return value
        raise ValueError("code %02x" % code)

    def description(self):
        code = self.take(">B")
        if code == 0x70:
            return None
        if code == 0x71:
            return self.handles[self.take(">i") - self.FIRST_HANDLE]
        if code != 0x72:
            raise ValueError("code %02x" % code)
        description = {"name": self.text(), "id": self.take(">q")}
        self.remember(description)
        description["flags"] = self.take(">B")
        description["fields"] = [self.field() for _ in range(self.take(">H"))]
        self.annotation()
        description["parent"] = self.description()
        return description

    def field(self):
        kind, name = chr(self.take(">B")), self.text()
        if kind in "L[":
            self.item()
        return kind, name

    def object(self):
        description = self.description()
        value = Object(description["name"])
        self.remember(value)
        if description["flags"] & 4:
            value.extra = self.annotation()
            return value
        lineage = []
        while description:
            lineage.insert(0, description)
            description = description["parent"]
        for description in lineage:
            for kind, name in description["fields"]:
                value[name] = self.item() if kind in "L[" else self.take(self.PRIMITIVES[kind])
            if description["flags"] & 1:
                value.extra += self.annotation()
        return value

    def array(self):
        description = self.description()
        index = self.remember(None)
        count, kind = self.take(">i"), description["name"][1]
        if kind == "B":
            self.handles[index] = self.bytes(count)
        else:
            self.handles[index] = items = []
            for _ in range(count):
                items.append(self.item() if kind in "L[" else self.take(self.PRIMITIVES[kind]))
        return self.handles[index]


class Sequence:
    """Primitives and objects that one program wrote behind each other, as they were written."""

    def __init__(self, items):
        self.pieces = items
        self.block = b""

    def need(self, count):
        while len(self.block) < count:
            self.block += self.pieces.pop(0)
        found, self.block = self.block[:count], self.block[count:]
        return found

    def take(self, form):
        return struct.unpack(form, self.need(struct.calcsize(form)))[0]

    def text(self):
        return self.need(self.take(">H")).decode("utf-8", "replace")

    def object(self):
        return self.pieces.pop(0)
