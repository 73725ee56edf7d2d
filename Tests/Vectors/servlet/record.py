#!/usr/bin/env python3
"""Records scenarios.tsv from a server with the applications /app and /bare of Probe.java: record.py PORT."""
import http.client
import json
import re
import sys
import time

port = int(sys.argv[1])


def ask(target, fields, method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", "localhost:8080")
    for name, value in fields:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    try:
        response = connection.getresponse()
        body = response.read()
        return response.status, response.getheaders(), body.decode("latin1")
    except (TimeoutError, http.client.RemoteDisconnected):
        return 0, [], ""
    except http.client.IncompleteRead as error:
        return response.status, response.getheaders(), error.partial.decode("latin1") + " cut"


rows = {}
for line in open("scenarios.tsv"):
    if line.startswith("#"):
        continue
    topic, name, target, fields = line.rstrip("\n").split("\t")
    pairs, later, method, body = [], [], "GET", None
    for field in fields.split(" | "):
        key, _, value = field.partition(": ")
        if key == "METHOD":
            method = value
            continue
        if key == "BODY":
            body = value.replace("%3B", ";").encode().decode("unicode_escape").encode("latin1")
            continue
        if key == "TYPE":
            pairs.append(("Content-Type", value.replace("%3B", ";")))
            continue
        key, _, value = field.partition(":")
        key, is_later = key.strip().removesuffix("#2"), key.strip().endswith("#2")
        pair = ((key if key in ("Cookie", "Accept-Language") else "X-" + key), value.strip())
        (later if is_later else pairs).append(pair)
    ask("/bare/trace", [])
    ask("/app/trace", [])
    sent = body
    status, headers, body = ask(target, pairs, method, sent)
    if later:
        given = [v.split(";")[0] for k, v in headers if k == "Set-Cookie"]
        status, headers, body = ask(target, later + [("Cookie", cookie) for cookie in given])
    time.sleep(0.05)
    trace = ask("/" + target.split("/")[1] + "/trace", [])[2]
    if "<!doctype html>" in body.lower():
        body = "REPORT"
    kept = [f"{k}: {v}" for k, v in headers if k in ("Set-Cookie", "Content-Type", "Content-Language", "Location", "X-H", "Retry-After")]
    if body == "REPORT":
        kept = [k for k in kept if not k.startswith("Content-")]
    kept = [re.sub("[0-9A-F]{32}", "ID", k) for k in kept]
    kept = ["Retry-After: a date" if k.startswith("Retry-After: ") and k.endswith(" GMT") else k for k in kept]
    rows.setdefault(topic, []).append(
        {"name": name, "target": target, "fields": [f"{k}: {v}" for k, v in pairs],
         **({"method": method} if method != "GET" else {}),
         **({"sent": sent.decode("latin1")} if sent is not None else {}),
         **({"later": [f"{k}: {v}" for k, v in later]} if later else {}), "status": status,
         "headers": kept, "body": body, "trace": trace.splitlines()}
    )
for topic, entries in rows.items():
    with open(topic + ".jsonl", "w") as file:
        for entry in entries:
            file.write(json.dumps(entry) + "\n")
