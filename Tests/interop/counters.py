"""Clients that count in their sessions, and notice when a count goes back.

    counters.py URL CLIENTS PACE RULE FAULTS STATUS

Each client asks URL again and again, about every PACE seconds, with its cookie; the answer is "count N". FAULTS is a
file with a line "SECONDS-SINCE-1970 begin|end TEXT" for each thing that is done to a node; STATUS is renewed every
second. With the rule "sync" no count that a client has seen may be lost. With "async" one may be, if it was answered no
longer than IN_FLIGHT seconds before a fault began, or during it. SIGTERM ends the run; the last line is the sum.
"""
import asyncio
import collections
import random
import signal
import sys
import time

IN_FLIGHT = 1.0
ANSWER_LIMIT = 20.0


class Faults:
    """What has been done to the nodes so far."""

    def __init__(self, path):
        self.path = path

    @property
    def last(self):
        """What was done to which node last, and how long ago."""
        with open(self.path, encoding="utf-8") as lines:
            last = [line.split() for line in lines][-1:]
        return ", ".join("%s %.1f seconds ago" % (" ".join(what), time.time() - float(at)) for at, *what in last)

    def explains(self, answered):
        """Whether a count answered at this time may have been lost with a node."""
        begun = []
        with open(self.path, encoding="utf-8") as lines:
            for line in lines:
                moment, what = line.split()[:2]
                if what == "begin":
                    begun.append([float(moment), float("inf")])
                elif begun:
                    begun[-1][1] = float(moment)
        return any(begin - IN_FLIGHT <= answered <= end for begin, end in begun)


class Client:
    def __init__(self, number, run):
        self.number = number
        self.run = run
        self.cookie = None
        self.count = 0
        self.answers = collections.deque(maxlen=200)
        self.streams = None

    async def work(self):
        await asyncio.sleep(random.random() * self.run.pace)
        while not self.run.is_over:
            begin = time.monotonic()
            try:
                status, count = await asyncio.wait_for(self.ask(), ANSWER_LIMIT)
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
                self.close()
                self.run.failed[type(error).__name__] += 1
            else:
                self.run.slowest = max(self.run.slowest, time.monotonic() - begin)
                if status == 200:
                    self.seen(count)
                else:
                    self.run.failed[str(status)] += 1
            await asyncio.sleep(self.run.pace * (0.5 + random.random()))
        self.close()

    def close(self):
        if self.streams:
            self.streams[1].close()
        self.streams = None

    @property
    def node(self):
        """The route of the id that the client has: the node that answered last."""
        return (self.cookie or "?").split(".")[-1]

    async def ask(self):
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.run.host, self.run.port)
        reader, writer = self.streams
        cookie = "Cookie: JSESSIONID=%s\r\n" % self.cookie if self.cookie else ""
        writer.write(("GET %s HTTP/1.1\r\nHost: cluster\r\n%s\r\n" % (self.run.path, cookie)).encode())
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status, length, is_chunked = int(head[0].split()[1]), None, False
        for line in head[1:]:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            if name == "content-length":
                length = int(value)
            elif name == "transfer-encoding":
                is_chunked = value.lower() == "chunked"
            elif name == "set-cookie" and value.startswith("JSESSIONID="):
                self.take_cookie(value[11:].split(";")[0])
            elif name == "connection" and value.lower() == "close" and status != 200:
                self.streams = None
        body = await self.body(reader, length, is_chunked)
        return status, int(body.split()[1]) if status == 200 else None

    @staticmethod
    async def body(reader, length, is_chunked):
        if not is_chunked:
            return await (reader.readexactly(length) if length is not None else reader.read())
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
        return body

    def take_cookie(self, cookie):
        if self.cookie and cookie.split(".")[-1] != self.cookie.split(".")[-1]:
            self.run.moved += 1
        self.cookie = cookie

    def seen(self, count):
        self.run.answered += 1
        if count <= self.count:
            self.went_back(count)
        self.count = count
        self.answers.append((count, time.time(), self.node))

    def went_back(self, count):
        lost = [answered for known, answered, _ in self.answers if known >= count]
        self.run.back += 1
        self.run.lost += len(lost)
        is_allowed = self.run.rule == "async" and all(self.run.faults.explains(answered) for answered in lost)
        if not is_allowed:
            self.run.wrong += 1
        now = time.time()
        last = list(self.answers)[-6:]
        seen = ", ".join("%d %s %.1f" % (known, node, now - answered) for known, answered, node in last)
        print(
            "%.1f client %d%s: %d of %s after %d, %d lost; seconds ago: %s; %s; %s"
            % (now, self.number, " (may be)" if is_allowed else "", count, self.node, self.count, len(lost), seen,
               self.run.faults.last, self.cookie),
            flush=True,
        )


class Run:
    def __init__(self, arguments):
        url, clients, pace, self.rule, faults, self.status = arguments
        address, _, path = url.removeprefix("http://").partition("/")
        self.host, _, port = address.partition(":")
        self.port, self.path = int(port), "/" + path
        self.pace = float(pace)
        self.faults = Faults(faults)
        self.clients = [Client(number, self) for number in range(int(clients))]
        self.is_over = False
        self.answered = self.moved = self.back = self.lost = self.wrong = 0
        self.slowest = 0.0
        self.failed = collections.Counter()

    def summary(self):
        failed = ", ".join("%s %d" % pair for pair in sorted(self.failed.items()))
        return "%d answers, %d without (%s), slowest %.1f s, %d moves, %d went back, %d counts lost, %d of them wrongly" % (
            self.answered, sum(self.failed.values()), failed, self.slowest, self.moved, self.back, self.lost, self.wrong,
        )

    async def report(self):
        while not self.is_over:
            with open(self.status, "w", encoding="utf-8") as file:
                file.write(self.summary() + "\n")
            await asyncio.sleep(1)

    def end(self):
        self.is_over = True

    async def main(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.end)
        await asyncio.gather(self.report(), *(client.work() for client in self.clients))
        print(self.summary(), flush=True)
        return 1 if self.wrong or not self.answered else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(Run(sys.argv[1:]).main()))
