#!/usr/bin/env python3
"""Rates of the repository over HTTP, with SQLite's own rates beside them as the limit.

  repository_rates.py URL --password PASSWORD [--user admin] [--objects 100000] [--connections 16]
                      [--seconds 5] [--pid PID] [--directory DIR] [--json FILE]

URL is the web application's address, such as http://127.0.0.1:8080/repository. In turn, and in one run:

1. SQLite: objects of the same 1 KiB inserted with their FTS5 entry through Python's sqlite3 with the repository's
   pragmas (WAL, synchronous=FULL), one to a transaction and as many as there are connections to a transaction; then
   FTS5 queries over all of them, each with its count and the ids of ten hits.
2. The repository: a type `RateProbe` with a JSON Schema, objects created by one client with so many connections
   (each validated, indexed and durable when it is answered), then searches over them, ten ids a page.

The client is one process with one epoll loop over prepared requests, so it takes little of the processor from the
server. --pid names the server's process, whose processor time per request is then printed too. --directory is where
SQLite's database goes: it should be on the file system of the repository's data. Nothing but the standard library.
"""
import argparse
import json
import os
import random
import select
import socket
import sqlite3
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TYPE = "RateProbe"
TICK = os.sysconf("SC_CLK_TCK")
SCHEMA = {
    "type": "object",
    "required": ["name", "description"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "cordra": {"preview": {"showInPreview": True, "isPrimary": False}}},
        "description": {"type": "string"},
        "number": {"type": "integer", "minimum": 0},
        "year": {"type": "string", "pattern": "^[0-9]{4}$"},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    },
}


class Corpus:
    """Objects of about 1 KiB made of 30,000 words, as frequent as words are in texts."""

    def __init__(self, seed=1):
        letters = "abcdefghijklmnopqrstuvwxyz"
        rng = random.Random(seed)
        self.words = ["".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(30000)]
        self.rng = rng

    def word(self):
        return self.words[min(29999, int(30000 ** self.rng.random()) - 1)]

    def content(self, number):
        return {
            "name": f"{self.word()} {self.word()} {number}",
            "description": " ".join(self.word() for _ in range(125)),
            "number": number % 1000,
            "year": str(1900 + number % 120),
            "tags": [f"tag{number % 10}", f"mark{number % 7}"],
        }

    def queries(self, count):
        """Kinds of queries in fixed shares: words, fields, phrases, combinations, prefixes, ranges."""
        result = []
        for number in range(count):
            rare = self.words[500 + self.rng.randrange(5000)]
            common = self.words[100 + self.rng.randrange(400)]
            result.append([
                rare, f"/name:{common}", f'"{self.words[0]} {common}"', f"+{common} +{rare}",
                f"{rare} OR {common}", f"{rare[:4]}*", "/year:[1950 TO 1953]", f"+/tags/_:tag3 +{common}",
            ][number % 8])
        return result


# SQLite ---------------------------------------------------------------------------------------------------------------

def sqlite_database(directory):
    path = os.path.join(directory, "limit.sqlite")
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=OFF", "cache_size=-8192",
                   "wal_autocheckpoint=4096"):
        database.execute(f"PRAGMA {pragma}").fetchall()
    database.execute("CREATE TABLE object (id TEXT NOT NULL UNIQUE, json TEXT NOT NULL)")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(name, description, year, tags, content='', columnsize=0)")
    return database


def sqlite_inserts(database, contents, start, batch):
    began = time.perf_counter()
    for first in range(0, len(contents), batch):
        database.execute("BEGIN IMMEDIATE")
        for number in range(first, min(first + batch, len(contents))):
            content = contents[number]
            row = start + number
            database.execute("INSERT INTO object (rowid, id, json) VALUES (?, ?, ?)",
                             (row, f"test/{random.getrandbits(80):020x}", json.dumps(content)))
            database.execute("INSERT INTO words (rowid, name, description, year, tags) VALUES (?, ?, ?, ?, ?)",
                             (row, content["name"], content["description"], content["year"], " ".join(content["tags"])))
        database.execute("COMMIT")
    return len(contents) / (time.perf_counter() - began)


def fts_query(query):
    """The same question in FTS5's own language."""
    if query.startswith("/year:"):
        return "year : (1950 OR 1951 OR 1952 OR 1953)"
    if query.startswith("/name:"):
        return f"name : {query[6:]}"
    if query.startswith("+/tags/_:tag3 +"):
        return f"tags : tag3 AND {query[15:]}"
    if query.startswith("+"):
        return " AND ".join(part[1:] for part in query.split())
    return query


def sqlite_searches(database, queries, seconds):
    began = time.perf_counter()
    done = 0
    while time.perf_counter() - began < seconds:
        query = fts_query(queries[done % len(queries)])
        database.execute("SELECT count(*) FROM words WHERE words MATCH ?", (query,)).fetchone()
        database.execute("SELECT o.id FROM words w JOIN object o ON o.rowid = w.rowid WHERE words MATCH ? "
                         "ORDER BY rank LIMIT 10", (query,)).fetchall()
        done += 1
    return done / (time.perf_counter() - began)


# HTTP -----------------------------------------------------------------------------------------------------------------

class Repository:
    def __init__(self, url, user, password):
        self.url = urllib.parse.urlsplit(url.rstrip("/"))
        if self.url.scheme != "http":
            sys.exit("an address with http:// is expected")
        self.address = (self.url.hostname, self.url.port or 80)
        self.token = None
        answer = self.call("POST", "/auth/token", {"grant_type": "password", "username": user, "password": password})
        self.token = answer["access_token"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url.geturl() + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}")

    def request(self, method, path, body=b""):
        """The bytes of a request on a connection that stays open."""
        head = (f"{method} {self.url.path}{path} HTTP/1.1\r\nHost: {self.url.netloc}\r\n"
                f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n")
        if method == "POST":
            head += f"Content-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body

    def ensure_type(self):
        query = urllib.parse.quote(f"+type:Schema +schemaName:{TYPE}")
        found = self.call("GET", f"/search?pageSize=1&ids=true&query={query}")
        if found["size"] == 0:
            self.call("POST", "/objects/?type=Schema", {"name": TYPE, "schema": SCHEMA})

    def count(self):
        return self.call("GET", "/search?pageSize=0&query=" + urllib.parse.quote(f"type:{TYPE}"))["size"]


class Connection:
    """One connection at a time to the server, which may end it after any answer (maxKeepAliveRequests)."""

    def __init__(self, address, poll):
        self.address = address
        self.poll = poll
        self.received = bytearray()
        self.began = 0.0
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.poll.register(self.socket, select.EPOLLIN)

    def close(self):
        self.poll.unregister(self.socket)
        self.socket.close()

    def send(self, request):
        self.began = time.perf_counter()
        self.received.clear()
        self.socket.sendall(request)

    def receive(self):
        """The status and whether the connection goes on, once the whole answer is there; else None."""
        data = self.socket.recv(262144)
        if not data:
            sys.exit("the server closed a connection without an answer")
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self.received[:end]).lower()
        if b"\r\ntransfer-encoding: chunked" in head:
            if not self.received.endswith(b"0\r\n\r\n"):
                return None
        else:
            place = head.find(b"\r\ncontent-length:")
            length = int(head[place + 17:].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self.received) < end + 4 + length:
                return None
        return int(head[9:12]), b"\r\nconnection: close" not in head


def drive(address, requests, connections, seconds=None):
    """Sends the requests one after the other on each connection; their count, seconds and latencies."""
    poll = select.epoll()
    open_connections = {}
    source = iter(requests)
    latencies = []
    began = time.perf_counter()
    for _ in range(connections):
        request = next(source, None)
        if request is None:
            break
        connection = Connection(address, poll)
        open_connections[connection.socket.fileno()] = connection
        connection.send(request)
    while open_connections:
        for descriptor, _ in poll.poll():
            connection = open_connections[descriptor]
            answer = connection.receive()
            if answer is None:
                continue
            status, goes_on = answer
            if status != 200:
                sys.exit(f"status {status}: {bytes(connection.received)[:600]!r}")
            now = time.perf_counter()
            latencies.append(now - connection.began)
            request = None if seconds and now - began > seconds else next(source, None)
            if request is None or not goes_on:
                connection.close()
                del open_connections[descriptor]
            if request is None:
                continue
            if not goes_on:
                connection.connect()
                open_connections[connection.socket.fileno()] = connection
            connection.send(request)
    return len(latencies), time.perf_counter() - began, sorted(latencies)


def processor_time(pid):
    if pid is None:
        return 0.0
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measured(name, run, pid):
    before = processor_time(pid)
    count, seconds, latencies = run()
    cost = (processor_time(pid) - before) / count * 1e6
    row = {
        "what": name, "rate": count / seconds, "count": count,
        "median_ms": latencies[len(latencies) // 2] * 1e3, "p99_ms": latencies[int(len(latencies) * 0.99)] * 1e3,
    }
    if pid is not None:
        row["processor_us"] = cost
    return row


def show(row, limit=None):
    text = f"{row['what']:<58} {row['rate']:>9.0f}/s"
    if "median_ms" in row:
        text += f"  median {row['median_ms']:.2f} ms  p99 {row['p99_ms']:.2f} ms"
    if "processor_us" in row:
        text += f"  {row['processor_us']:.0f} µs processor"
    if limit:
        text += f"  {row['rate'] / limit['rate']:.2f} of SQLite's"
    print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", required=True)
    parser.add_argument("--objects", type=int, default=100000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--directory")
    parser.add_argument("--json")
    args = parser.parse_args()
    rows = []

    corpus = Corpus()
    contents = [corpus.content(number) for number in range(args.objects)]
    queries = corpus.queries(4000)
    print(f"{args.objects} objects of about {len(json.dumps(contents[0]))} bytes, {args.connections} connections")

    with tempfile.TemporaryDirectory(dir=args.directory) as directory:
        database = sqlite_database(directory)
        alone = min(2000, args.objects)
        rate = sqlite_inserts(database, contents[:alone], 1, 1)
        rows.append({"what": "SQLite: object and FTS5 entry, a transaction each", "rate": rate})
        show(rows[-1])
        rate = sqlite_inserts(database, contents[alone:], alone + 1, args.connections) if args.objects > alone else rate
        insert_limit = {"what": f"SQLite: the same, {args.connections} to a transaction", "rate": rate}
        rows.append(insert_limit)
        show(insert_limit)
        rate = sqlite_searches(database, queries, args.seconds)
        search_limit = {"what": "SQLite: FTS5 count and ten hits by rank", "rate": rate}
        rows.append(search_limit)
        show(search_limit)
        database.close()

    repository = Repository(args.url, args.user, args.password)
    repository.ensure_type()
    missing = max(0, args.objects - repository.count())
    if missing:
        creates = [repository.request("POST", f"/objects/?type={TYPE}", json.dumps(content).encode())
                   for content in contents[:missing]]
        row = measured("repository: objects created, validated, indexed, durable",
                       lambda: drive(repository.address, creates, args.connections), args.pid)
        rows.append(row)
        show(row, insert_limit)
    else:
        print("the objects are there already; creating is not measured")
    total = repository.count()

    def endless(paths):
        while True:
            yield from paths

    def searches(page):
        return [repository.request("GET", f"/search?{page}&query=" + urllib.parse.quote(query)) for query in queries]

    for name, page in (("ten ids", "pageSize=10&ids=true"), ("ten objects", "pageSize=10")):
        for connections in (1, args.connections):
            requests = endless(searches(page))
            row = measured(f"repository: searches over {total} objects, {name}, {connections} conn.",
                           lambda: drive(repository.address, requests, connections, args.seconds), args.pid)
            rows.append(row)
            show(row, search_limit)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
