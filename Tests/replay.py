#!/usr/bin/env python3
"""Replays recorded HTTP/1.x requests and compares the answers with the recorded ones.

  replay.py CASES.jsonl [--host 127.0.0.1] [--plain 28080] [--relaxed 28081] [--only REGEX] [--show] [--allow FILE]

A case is one JSON object a line: name, connector (plain or relaxed), request (the bytes as ISO-8859-1, or a list of
[bytes, seconds to wait afterwards]), wait (how long to listen), answer (what came back; dates, ids and error pages
blanked), closed (whether the server closed the connection in that time).

Two answers agree when they have the same statuses in the same order and, status by status, the same headers (of
Date, ETag and the like only the presence counts) and the same body unless it is an error page or chunked, and when
both connections ended alike. Lines NAME<tab>REASON of --allow are deliberate differences: they must disagree.
Exits with 0 if nothing disagrees but what is allowed to.
"""
import argparse
import json
import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

BLANKS = (
    (re.compile(r'<!doctype html>.*?</html>', re.S | re.I), '<<error page>>'),
    (re.compile(r'\b[0-9A-F]{32}(\.n1)?\b'), '<<id>>'),
    (re.compile(r'Expires=[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20[^;\r\n]*'), 'Expires=<<date>>'),
    (re.compile(r' id=[0-9a-f]+ sid='), ' id=<<n>> sid='),
    (re.compile(r'(?<==)/\S*?(?=/webapps/|/work/)'), '<<base>>'),
    (re.compile(r'(remote=127\.0\.0\.1:)\d+'), r'\1<<port>>'),
)
PRESENCE_ONLY = {'content-length', 'date', 'server', 'etag', 'last-modified', 'expires', 'keep-alive'}
PAGE_HEADERS = {'content-length', 'content-language', 'transfer-encoding', 'content-type'}
STATUS_LINE = re.compile(r'HTTP/1\.[01] (\d{3})')
OUTPUT_LIMIT = 400_000
COMPARED_LIMIT = 6000


def exchange(address, request, wait):
    """Sends the bytes and listens: what came back, and whether the server closed the connection."""
    parts = [(request, 0)] if isinstance(request, str) else request
    received, closed = b'', False
    with socket.create_connection(address, timeout=5) as connection:
        connection.settimeout(wait)
        try:
            for data, delay in parts:
                connection.sendall(data.encode('latin1'))
                time.sleep(delay)
        except OSError:
            pass  # refused half-way; what it answered before is still to be read
        try:
            while len(received) < OUTPUT_LIMIT:
                data = connection.recv(65536)
                if not data:
                    closed = True
                    break
                received += data
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return received.decode('latin1')[:COMPARED_LIMIT], closed


def blanked(text):
    for pattern, replacement in BLANKS:
        text = pattern.sub(replacement, text)
    return text


def parsed(text):
    """The answers in a stream of bytes: a list of (status, headers by lower-case name, body)."""
    answers = []
    for piece in re.split(r'(?=HTTP/1\.[01] \d{3})', text):
        head, _, body = piece.partition('\r\n\r\n')
        lines = head.split('\r\n')
        status = STATUS_LINE.match(lines[0])
        if status:
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(':')
                headers.setdefault(name.strip().lower(), []).append(value.strip())
            answers.append((status.group(1), headers, body))
        elif piece.strip():
            answers.append(('raw', {}, piece))
    return answers


def header_differences(status, recorded, got, is_page):
    for name in sorted(set(recorded) | set(got)):
        if name in PRESENCE_ONLY:
            if (name in recorded) != (name in got) and name != 'server':
                yield f'{status}: header {name} ' + ('missing' if name in recorded else 'unexpected')
        elif is_page and name in PAGE_HEADERS:
            continue
        elif sorted(recorded.get(name, [])) != sorted(got.get(name, [])):
            yield f'{status}: header {name} {recorded.get(name)} != {got.get(name)}'


def differences(case, got, closed):
    """What does not agree, in words; empty if everything does."""
    recorded, answers = parsed(blanked(case['answer'])), parsed(blanked(got))
    statuses = [answer[0] for answer in recorded], [answer[0] for answer in answers]
    if statuses[0] != statuses[1]:
        return [f'status {statuses[0]} != {statuses[1]}']
    found = []
    for (status, recorded_headers, recorded_body), (_, headers, body) in zip(recorded, answers):
        is_page = any('<<error page>>' in text for text in (recorded_body, body))
        is_page = is_page or status.isdigit() and int(status) >= 400
        found += header_differences(status, recorded_headers, headers, is_page)
        if not is_page and 'transfer-encoding' not in recorded_headers and recorded_body != body:
            found.append(f'{status}: body {recorded_body[:80]!r} != {body[:80]!r}')
    if case['closed'] != closed:
        words = {True: 'closed', False: 'kept'}
        found.append(f"connection {words[case['closed']]} != {words[closed]}")
    return found


def deliberate(path):
    """NAME to REASON of the file of deliberate differences."""
    allowed = {}
    if path:
        with open(path, encoding='utf-8') as lines:
            for line in lines:
                name, tab, reason = line.rstrip('\n').partition('\t')
                if tab and not name.startswith('#'):
                    allowed[name] = reason
    return allowed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cases')
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--plain', type=int, default=28080)
    parser.add_argument('--relaxed', type=int, default=28081)
    parser.add_argument('--only', help='replay only the cases whose name matches this regular expression')
    parser.add_argument('--show', action='store_true', help='print request and both answers of what disagrees')
    parser.add_argument('--allow', help='file of deliberate differences')
    arguments = parser.parse_args()
    with open(arguments.cases, encoding='utf-8') as lines:
        cases = [json.loads(line) for line in lines]
    cases = [case for case in cases if not arguments.only or re.search(arguments.only, case['name'])]
    allowed = deliberate(arguments.allow)

    def replay(case):
        port = arguments.relaxed if case['connector'] == 'relaxed' else arguments.plain
        try:
            return exchange((arguments.host, port), case['request'], case['wait'])
        except OSError as error:
            return f'no connection: {error}', True

    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(replay, cases))
    agreeing = failures = 0
    for case, (got, closed) in zip(cases, results):
        found = differences(case, got, closed)
        agreeing += not found
        name = case['name']
        if bool(found) == (name in allowed):
            continue
        failures += 1
        print(f'{name}: ' + ('; '.join(found) or f'agrees, yet it is listed as deliberate: {allowed[name]}'))
        if arguments.show and found:
            print('   request ', repr(case['request'])[:300])
            print('   recorded', repr(case['answer'])[:400])
            print('   got     ', repr(blanked(got))[:400])
    print(f'requests: {agreeing} agree of {len(cases)}; {len(cases) - agreeing} disagree, {failures} unexpectedly')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
