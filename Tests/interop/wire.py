"""Prints what the nodes of a cluster say to each other on this machine, a line for each message.

    wire.py NAME=HOST:PORT ...

Each argument is a node with the address of its receiver; a member that speaks by multicast is known by that address,
too. Needs the right to see the packets of the loopback interface (CAP_NET_RAW), as in a network namespace of one's own.
"""
import socket
import struct
import sys
import time

from java_stream import Object, Sequence, Stream

EVENTS = {
    1: "SESSION_CREATED", 2: "SESSION_EXPIRED", 3: "SESSION_ACCESSED", 4: "GET_ALL_SESSIONS", 12: "ALL_SESSION_DATA",
    13: "SESSION_DELTA", 14: "ALL_SESSION_TRANSFERCOMPLETE", 15: "CHANGE_SESSION_ID", 16: "ALL_SESSION_NOCONTEXTMANAGER",
}
MAP_EVENTS = {
    1: "BACKUP", 2: "RETRIEVE_BACKUP", 3: "PROXY", 4: "REMOVE", 5: "STATE", 6: "START", 7: "STOP", 8: "INIT", 9: "COPY",
    10: "STATE_COPY", 11: "ACCESS", 12: "NOTIFY_MAPMEMBER", 13: "PING",
}
OPTIONS = {1: "bytes", 2: "ack", 4: "sync", 8: "async", 16: "secure", 32: "udp", 64: "multicast", 256: "gzip"}
DELTAS = {0: "", 1: "principal", 2: "isNew", 3: "maxInactiveInterval", 4: "authType", 5: "listener ", 6: "note "}
PROBE, PING = bytes.fromhex("4fa773487982"), bytes.fromhex("4fa7734879df")
TEXTS = {b"Local StaticMember Notification Data": "MEMBER_START", b"Local StaticMember Shutdown Data": "MEMBER_STOP"}
RECORD = b"TRIBES-B\x01\x00"
HEADER, FOOTER = b"FLT2002", b"TLF2003"


class Member:
    def __init__(self, record):
        if record[:10] != RECORD:
            raise ValueError("no member")
        self.port = struct.unpack_from(">i", record, 22)[0]
        length = record[34]
        self.host = socket.inet_ntoa(record[35:39]) if length == 4 else record[35 : 35 + length].hex()
        start = 39 + length
        self.is_leaving = struct.unpack_from(">i", record, 35 + length)[0] > 0 and record[start : start + 9] == b"BABY-ALEX"


def sized(data, position):
    count = struct.unpack_from(">i", data, position)[0]
    return data[position + 4 : position + 4 + count], position + 4 + count


def summary(body):
    """What a message says, in a few words."""
    if body in TEXTS:
        return TEXTS[body]
    if body.startswith(PROBE):
        return "probe: is the node alive?"
    if body.startswith(PING):
        return "ping"
    try:
        return described(Stream(body).item())
    except (ValueError, KeyError, IndexError, TypeError, struct.error, AttributeError):
        return "%d bytes of an interceptor" % len(body)


def described(message):
    if message is None:
        return "null"
    if isinstance(message, list):
        return "[%s]" % ", ".join(described(item) for item in message)
    if not isinstance(message, Object):
        return repr(message)
    name = message.class_name.split(".")[-1].split("$")[-1]
    if name == "SessionMessageImpl":
        return session_message(message)
    if name == "MapMessage":
        return map_message(message)
    if name == "RpcMessage":
        fields = Sequence(list(message.extra))
        is_reply = fields.take(">?")
        fields.need(fields.take(">i"))
        fields.need(fields.take(">i"))
        return ("answer: " if is_reply else "question: ") + described(fields.object())
    if name == "MemberMessage":
        return "member " + {1: "START", 2: "STOP", 3: "PING"}.get(message["msgtype"], "?")
    if name == "ArrayList":
        return described([item for item in message.extra if not isinstance(item, bytes)])
    return str(message["value"]) if "value" in message else name


def session_message(message):
    event, data = message["mEvtType"], message["mSession"]
    text = EVENTS.get(event, "event %d" % event)
    if event == 13:
        return "%s %s {%s}" % (text, message["mSessionID"], ", ".join(changes(data)))
    if event == 15:
        return "%s %s to %s" % (text, message["mSessionID"], Sequence(Stream(data).items()).text())
    if event == 12:
        return "%s: %s sessions" % (text, Stream(data).item())
    if event in (4, 14, 16):
        return "%s of %s" % (text, message["mContextName"])
    return "%s %s" % (text, message["mSessionID"])


def changes(data):
    fields = Sequence(Stream(data).items())
    fields.text()
    fields.take(">?")
    found = []
    for _ in range(fields.take(">i")):
        kind, action, name = fields.take(">i"), fields.take(">i"), fields.text()
        value = fields.object() if fields.take(">?") else None
        label = DELTAS[kind] + name if kind in (0, 5, 6) else DELTAS[kind]
        found.append("-" + label if action == 1 else "%s=%s" % (label, shown(value)))
    return found


def shown(value):
    text = value.class_name if isinstance(value, Object) and "value" not in value else str(value)
    return text if len(text) <= 60 else "%s characters" % len(text)


def map_message(message):
    text = MAP_EVENTS.get(message["msgtype"], "?")
    if message["keydata"]:
        text += " %s" % Stream(message["keydata"]).item()
    if message["diff"] and message["diffvalue"]:
        text += " {%s}" % ", ".join(changes(message["diffvalue"]))
    elif message["valuedata"]:
        text += " with " + described(Stream(message["valuedata"]).item())
    return text


def frame(data):
    """The sender, the options and the words of a package's content."""
    if data == b"\x06\x02\x03":
        return None, 0, "ACK"
    if data == b"\x0b\x00\x05":
        return None, 0, "FAIL_ACK"
    options = struct.unpack_from(">i", data, 0)[0]
    _, position = sized(data, 12)
    record, position = sized(data, position)
    body, _ = sized(data, position)
    return Member(record), options, summary(body)


class Watch:
    def __init__(self, nodes):
        self.nodes = nodes
        self.started = time.monotonic()
        self.flows = {}
        self.speakers = {}
        self.multicasts = {}

    def name(self, host, port):
        return self.nodes.get((host, port))

    def line(self, source, target, text):
        print("%8.3f  %s → %s  %s" % (time.monotonic() - self.started, source or "?", target or "?", text), flush=True)

    def packet(self, packet):
        length = (packet[0] & 15) * 4
        total = struct.unpack_from(">H", packet, 2)[0]
        source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
        if packet[9] == 6:
            self.segment(source, target, packet[length:total])
        elif packet[9] == 17:
            self.datagram(packet[length + 8 : total])

    def datagram(self, data):
        """Heartbeats are told when a member begins to send them, and when it takes its leave."""
        if data[:10] != RECORD:
            return
        member = Member(data)
        name = self.name(member.host, member.port)
        if name and self.multicasts.get(name) != member.is_leaving:
            self.multicasts[name] = member.is_leaving
            self.line(name, "all", "heartbeat: leaves the group" if member.is_leaving else "heartbeats by multicast begin")

    def segment(self, source, target, segment):
        source_port, target_port, sequence = struct.unpack_from(">HHI", segment)
        flags, data = segment[13], segment[(segment[12] >> 4) * 4 :]
        to, of = self.name(target, target_port), self.name(source, source_port)
        if to is None and of is None:
            return
        key = (source, source_port, target, target_port)
        if flags & 2:
            self.flows[key] = [(sequence + 1) & 0xFFFFFFFF, b""]
            return
        if flags & 4 and of and not data:
            if key not in self.flows and (target, target_port, source, source_port) in self.flows:
                self.line(self.other(of), of, "connection refused")
        if data and key in self.flows:
            self.collect(key, sequence, data, to, of)
        if flags & 5:
            self.flows.pop(key, None)

    def other(self, name):
        others = [node for node in self.nodes.values() if node != name]
        return others[0] if len(others) == 1 else None

    def collect(self, key, sequence, data, to, of):
        flow = self.flows[key]
        seen = (flow[0] - sequence) & 0xFFFFFFFF
        if seen:
            data = data[seen:] if seen < len(data) else b""
        flow[0] = (flow[0] + len(data)) & 0xFFFFFFFF
        flow[1] += data
        while len(flow[1]) >= 18 and flow[1][:7] == HEADER:
            size = struct.unpack_from(">i", flow[1], 7)[0]
            if len(flow[1]) < size + 18:
                return
            content, flow[1] = flow[1][11 : 11 + size], flow[1][size + 18 :]
            self.told(key, content, size + 18, to, of)

    def told(self, key, content, size, to, of):
        member, options, text = frame(content)
        if member is None:
            return self.line(of, self.speakers.get((key[2], key[3])), text)
        speaker = self.name(member.host, member.port)
        self.speakers[(key[0], key[1])] = speaker
        words = "+".join(word for bit, word in OPTIONS.items() if options & bit)
        self.line(speaker, to, "%s (%d bytes%s)" % (text, size, ", " + words if words else ""))


def main():
    nodes = {}
    for argument in sys.argv[1:]:
        name, address = argument.split("=", 1)
        host, port = address.rsplit(":", 1)
        nodes[(host, int(port))] = name
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
    packets.bind(("lo", 0))
    watch = Watch(nodes)
    print("watching", file=sys.stderr, flush=True)
    while True:
        packet, address = packets.recvfrom(70000)
        # The loopback interface shows each packet twice: as it leaves and as it comes.
        if address[2] != socket.PACKET_OUTGOING:
            watch.packet(packet)


if __name__ == "__main__":
    main()
