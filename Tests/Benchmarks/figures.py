#!/usr/bin/env python3
"""The table of figures: starts the servers, measures the works in turn and prints them beside their bars.

Called by run.sh, which installs what is needed; README.md beside it says what each work is.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import cost
import servers

WORKS = ["hello", "counter", "static10k", "static1m", "tls", "startup", "memory", "connections", "repository"]
# Bars on ratios of processor time: per work, what we are compared with and the most that we may cost.
RATIOS = {
    "hello": [("Tomcat", 0.65), ("nginx", 1.75)],
    "counter": [("Tomcat", 0.65)],
    "static10k": [("Tomcat", 0.5), ("nginx", None)],
    "static1m": [("Tomcat", 0.8), ("nginx", None)],
    "tls": [("Tomcat", 0.6), ("nginx", None)],
}
TITLES = {
    "hello": "13-byte servlet answer, keep-alive",
    "counter": "session counter servlet",
    "static10k": "static file of 10 KiB",
    "static1m": "static file of 1 MiB",
    "tls": "the 13 bytes over TLS 1.3, keep-alive",
}
PATHS = {
    "hello": "/examples/servlets/hello",
    "counter": "/examples/servlets/counter",
    "static10k": "/files/10k.bin",
    "static1m": "/files/1m.bin",
    "tls": "/examples/servlets/hello",
}
STARTUP_BAR_MS = 250
IDLE_BAR_MB = 40
LOADED_BAR_MB = 60
CONNECTION_BAR_KIB = 12


class Figures:
    """What was measured so far: rows of the table, and the details for the JSON file."""

    def __init__(self):
        self.rows = []
        self.details = {}

    def add(self, work, measured, bar=None, value=None, limit=None):
        verdict = "" if limit is None else "PASS" if value <= limit else "MISS"
        self.rows.append({"work": work, "measured": measured, "bar": bar or "reported", "verdict": verdict})

    def show(self):
        print(f"\n{'work':<44} {'measured':<52} {'bar':<14}")
        for row in self.rows:
            print(f"{row['work']:<44} {row['measured']:<52} {row['bar']:<14} {row['verdict']}")

    def write(self, path):
        document = {
            "machine": {"processors": os.cpu_count(), "kernel": platform.release(), "architecture": platform.machine()},
            "rows": self.rows, "details": self.details,
        }
        with open(path, "w") as file:
            json.dump(document, file, indent=1)
            file.write("\n")


class Bench:
    """The servers of one run, and how each work is measured with them."""

    def __init__(self, args, directory):
        self.args = args
        self.figures = Figures()
        shared = directory / "shared"
        servers.make_shared(shared)
        self.caracal = servers.Caracal(directory, shared)
        self.tomcat = servers.Tomcat(directory, shared)
        self.nginx = servers.Nginx(directory, shared)
        self.all = [self.caracal, self.tomcat, self.nginx]

    def start(self, *which):
        for server in which or self.all:
            if server.process is None:
                server.start()

    def stop(self):
        for server in self.all:
            server.stop()

    # Processor time -----------------------------------------------------------------------------------------------

    def compare(self, work):
        self.start()
        targets = [self.target(server, work) for server in self.all
                   if server is self.caracal or server.name in dict(RATIOS[work])]
        print(f"{TITLES[work]}: {self.args.rounds} rounds of {self.args.seconds} s, 32 connections", flush=True)
        report = cost.measure(targets, self.args.rounds, self.args.seconds, warm=self.args.warm)
        cost.show(report)
        self.figures.details[work] = report
        own = report["Caracal"]["cpu_us"]
        for other, bar in RATIOS[work]:
            value, least, greatest = cost.ratio(report, "Caracal", other)
            measured = (f"{value:.2f} × {other} ({least:.2f}-{greatest:.2f}; "
                        f"{own:.1f} and {report[other]['cpu_us']:.1f} µs)")
            self.figures.add(TITLES[work], measured, bar and f"≤ {bar} × {other}", value, bar)

    def target(self, server, work):
        url = (server.https if work == "tls" else server.http) + PATHS[work]
        status, headers, _ = servers.fetch(url)
        if status != 200:
            raise servers.ServerError(f"{url}: {status}")
        wanted = ()
        if work == "counter":
            wanted = ("Cookie: " + headers["Set-Cookie"].split(";")[0],)
            _, _, first = servers.fetch(url, [wanted[0].split(": ")])
            _, _, second = servers.fetch(url, [wanted[0].split(": ")])
            if int(second) != int(first) + 1:
                raise servers.ServerError(f"{url} does not count: {first}, {second}")
        return cost.Target(server.name, url, server.pids, wanted)

    # Start and memory ---------------------------------------------------------------------------------------------

    def startup(self):
        self.stop()
        times = {}
        for server in (self.caracal, self.tomcat):
            # The first start unpacks, creates and fills caches; it is shown and not counted.
            first = server.start_time()
            times[server.name] = [server.start_time() for _ in range(3 if self.args.quick else 5)]
            shown = ", ".join(f"{seconds * 1e3:.0f}" for seconds in times[server.name])
            print(f"{server.name}: startup.sh to first answer {shown} ms (very first start {first * 1e3:.0f} ms)",
                  flush=True)
        own = statistics.median(times["Caracal"]) * 1e3
        other = statistics.median(times["Tomcat"]) * 1e3
        self.figures.details["startup"] = times
        self.figures.add("startup.sh to first answered request", f"{own:.0f} ms (Tomcat {other:.0f} ms)",
                         f"≤ {STARTUP_BAR_MS} ms", own, STARTUP_BAR_MS)

    def memory(self):
        self.stop()
        wanted = 100_000 if self.args.quick else 1_000_000
        result = {}
        for server in (self.caracal, self.tomcat):
            self.start(server)
            time.sleep(2)
            idle = cost.resident_kib(server.pids) / 1024
            done = 0
            target = self.target(server, "hello")
            while done < wanted:
                done += cost.load(target, 32, 5)["requests"]
            result[server.name] = {"idle": idle, "requests": done, "after": cost.resident_kib(server.pids) / 1024}
            print(f"{server.name}: idle {idle:.1f} MB, after {done} requests {result[server.name]['after']:.1f} MB",
                  flush=True)
        self.figures.details["memory"] = result
        own, other = result["Caracal"], result["Tomcat"]
        self.figures.add("resident memory, idle", f"{own['idle']:.1f} MB (Tomcat {other['idle']:.0f} MB)",
                         f"≤ {IDLE_BAR_MB} MB", own["idle"], IDLE_BAR_MB)
        self.figures.add(f"resident memory after {wanted:,} requests",
                         f"{own['after']:.1f} MB (Tomcat {other['after']:.0f} MB)",
                         f"≤ {LOADED_BAR_MB} MB", own["after"], LOADED_BAR_MB)

    def connections(self):
        self.caracal.stop()
        count = 2_000 if self.args.quick else 10_000
        port = servers.free_port()
        self.caracal.configure(f"""<Connector port="{port}" address="127.0.0.1" maxConnections="20000"
            connectionTimeout="{servers.AGES}" keepAliveTimeout="{servers.AGES}" maxKeepAliveRequests="-1" />""")
        self.start(self.caracal)
        request = f"GET {PATHS['hello']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        opened = []

        def open_one():
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            opened.append(connection)
            connection.sendall(request)
            if b" 200" not in connection.recv(4096):
                raise servers.ServerError("a connection was not answered")

        try:
            for _ in range(100):
                open_one()
            before = cost.resident_kib(self.caracal.pids)
            for _ in range(count):
                open_one()
            after = cost.resident_kib(self.caracal.pids)
        finally:
            for connection in opened:
                connection.close()
            self.caracal.stop()
            self.caracal.configure("")
        each = (after - before) / count
        print(f"{count} idle keep-alive connections: {before} KiB before, {after} KiB after", flush=True)
        self.figures.details["connections"] = {"count": count, "before_kib": before, "after_kib": after}
        self.figures.add(f"resident memory per idle connection of {count:,}", f"{each:.1f} KiB",
                         f"≤ {CONNECTION_BAR_KIB} KiB", each, CONNECTION_BAR_KIB)

    # The repository -----------------------------------------------------------------------------------------------

    def repository(self):
        self.stop()
        self.start(self.caracal)
        output = self.caracal.base / "repository.json"
        objects = 5_000 if self.args.quick else self.args.objects
        subprocess.run(
            [sys.executable, servers.HERE / "repository_rates.py", self.caracal.http + "/repository",
             "--password", self.caracal.admin_password(), "--objects", str(objects), "--connections", "16",
             "--pid", str(self.caracal.pids[0]), "--directory", self.caracal.base, "--json", output],
            check=True)
        rows = json.loads(output.read_text())
        self.figures.details["repository"] = rows
        for row in rows:
            shown = f"{row['rate']:.0f}/s"
            if "median_ms" in row:
                shown += f" (median {row['median_ms']:.2f} ms, p99 {row['p99_ms']:.2f} ms)"
            self.figures.add(row["what"][:43], shown)

    def serve(self):
        self.start()
        for server in self.all:
            print(f"{server.name:8} {server.http} {server.https} pids {','.join(map(str, server.pids))} {server.base}",
                  flush=True)
        print("an end of input or an interrupt stops them", flush=True)
        sys.stdin.read()

    def measure(self, work):
        if work in RATIOS:
            self.compare(work)
        else:
            getattr(self, work)()


def main():
    parser = argparse.ArgumentParser(prog="run.sh", description="Measures Caracal beside a Tomcat and an nginx.")
    parser.add_argument("works", nargs="*", metavar="WORK", help=" ".join(WORKS))
    parser.add_argument("--quick", action="store_true", help="short rounds and small counts: to see that it works")
    parser.add_argument("--serve", action="store_true", help="only start the servers and say where they are")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--warm", type=int, default=1, help="runs of each server that are not counted")
    parser.add_argument("--objects", type=int, default=100_000, help="objects of the repository")
    parser.add_argument("--json", help="where the details go")
    parser.add_argument("--keep", action="store_true", help="keep the servers' directories")
    args = parser.parse_args()
    args.rounds = args.rounds or (3 if args.quick else 7)
    args.seconds = args.seconds or (1 if args.quick else 3)
    unknown = set(args.works) - set(WORKS)
    if unknown:
        parser.error(f"no such work: {' '.join(sorted(unknown))}; there are {' '.join(WORKS)}")
    directory = pathlib.Path(tempfile.mkdtemp(prefix="caracal-figures-"))
    # nginx's workers may run as another user.
    directory.chmod(0o755)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bench = None
    failed = False
    try:
        bench = Bench(args, directory)
        if args.serve:
            bench.serve()
        for work in [] if args.serve else args.works or WORKS:
            try:
                bench.measure(work)
            except (cost.MeasureError, servers.ServerError, OSError, subprocess.SubprocessError) as error:
                failed = True
                bench.figures.add(work, f"failed: {error}")
                print(f"{work}: {error}", file=sys.stderr, flush=True)
                bench.stop()
    except KeyboardInterrupt:
        failed = True
    finally:
        if bench is not None:
            bench.stop()
        if args.keep or failed:
            print(f"kept: {directory}")
        else:
            shutil.rmtree(directory)
    if not args.serve:
        bench.figures.show()
        if args.json:
            bench.figures.write(args.json)
    sys.exit(1 if failed or any(row["verdict"] == "MISS" for row in bench.figures.rows) else 0)


if __name__ == "__main__":
    main()
