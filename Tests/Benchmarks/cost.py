#!/usr/bin/env python3
"""Processor time of one request, for several servers in turn.

  cost.py NAME=URL@PID[,PID...] NAME=URL@PID... [--rounds 5] [--seconds 3] [--connections 32] [--header 'Name: value']

Rates on a machine that others use drift; the processor time that a server's processes spend for a request drifts far
less, and the ratio of two servers measured one after the other hardly at all. So every round asks all servers, and the
ratios are medians over rounds of what was measured within one round. Loopback addresses only. Needs wrk.
"""
import argparse
import dataclasses
import json
import os
import re
import statistics
import subprocess
import sys
import urllib.parse

TICK = os.sysconf("SC_CLK_TCK")
MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


class MeasureError(Exception):
    """The load could not be applied, or a server refused a part of it."""


@dataclasses.dataclass
class Target:
    """A server that is measured: how it is called, what is asked of it, which processes it is."""

    name: str
    url: str
    pids: list
    headers: tuple = ()


def processor_seconds(pids):
    """User and system time of the processes, with all their threads."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def resident_kib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as file:
            total += int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))
    return total


def load(target, connections, seconds):
    """One run of wrk: the requests answered, their rate, the 99th percentile of latency in milliseconds."""
    if urllib.parse.urlsplit(target.url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise MeasureError(f"{target.url}: loopback addresses only")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in target.headers:
        command += ["-H", header]
    run = subprocess.run(command + [target.url], capture_output=True, text=True, timeout=seconds + 60)
    requests = re.search(r"(\d+) requests in", run.stdout)
    if not requests or int(requests.group(1)) == 0:
        raise MeasureError(f"{target.name}: no answer from {target.url}: {run.stdout}{run.stderr}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    if refused:
        raise MeasureError(f"{target.name}: {refused.group(1)} answers of {target.url} were errors")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", run.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", run.stdout)
    return {
        "requests": int(requests.group(1)),
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout).group(1)),
        "p99_ms": float(p99.group(1)) * MILLISECONDS[p99.group(2)] if p99 else None,
        "socket_errors": sum(map(int, errors.groups())) if errors else 0,
    }


def measure(targets, rounds, seconds, connections=32, warm=1):
    """Every target in turn, round by round; per target the medians, and the costs of each round in microseconds."""
    for target in targets:
        for _ in range(warm):
            load(target, connections, seconds)
    rows = {target.name: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            before = processor_seconds(target.pids)
            row = load(target, connections, seconds)
            row["cpu_us"] = (processor_seconds(target.pids) - before) / row["requests"] * 1e6
            row["rss_mb"] = resident_kib(target.pids) / 1024
            rows[target.name].append(row)
    report = {}
    for name, measured in rows.items():
        report[name] = {key: statistics.median(row[key] or 0 for row in measured)
                        for key in ("cpu_us", "rate", "p99_ms", "rss_mb")}
        report[name]["costs"] = [row["cpu_us"] for row in measured]
        report[name]["socket_errors"] = sum(row["socket_errors"] for row in measured)
    return report


def ratio(report, name, other):
    """The median over rounds of one server's cost by another's, with the least and the greatest."""
    ratios = [a / b for a, b in zip(report[name]["costs"], report[other]["costs"])]
    return statistics.median(ratios), min(ratios), max(ratios)


def show(report, to=sys.stdout):
    first = next(iter(report))
    print(f"  {'server':10} {'cpu us':>8} {'ratio':>6} {'(min-max)':>12} {'req/s':>8} {'p99 ms':>7} {'rss MB':>7}",
          file=to)
    for name, row in report.items():
        middle, least, greatest = ratio(report, name, first)
        print(f"  {name:10} {row['cpu_us']:8.2f} {middle:6.2f} {least:6.2f}-{greatest:<5.2f} {row['rate']:8.0f} "
              f"{row['p99_ms']:7.2f} {row['rss_mb']:7.0f}", file=to, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("servers", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--json")
    args = parser.parse_args()
    targets = []
    for server in args.servers:
        name, rest = server.split("=", 1)
        url, pids = rest.rsplit("@", 1)
        targets.append(Target(name, url, [int(pid) for pid in pids.split(",")], tuple(args.header)))
    try:
        report = measure(targets, args.rounds, args.seconds, args.connections)
    except MeasureError as error:
        sys.exit(str(error))
    show(report)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
