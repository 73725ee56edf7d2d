#!/usr/bin/env python3
"""Runs the recorded rows that need a whole server against a running one.

  wire_rows.py [--home DIR] [--only REGEX] [--show N] [--keep] [FILE ...]

Makes one CATALINA_BASE with a service for each deployment that the rows of Tests/Vectors ask for, starts
DIR/bin/catalina.sh on it, plays the rows and prints `rows wire:FILE: N agree of M` for each file, and every row that
disagrees and is not listed in Tests/Vectors/differences.tsv (as `wire:FILE<tab>ROW<tab>REASON`), or is listed and
agrees. Exits with 1 if there is such a row, or if less than 95 % of a file agree.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from wire import preconditions, table_files, wire_files
from wire.deployment import App, Deployment, Servlet
from wire.exchange import ask

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
VECTORS = os.path.join(TESTS, 'Vectors')
AGREEING_SHARE = 0.95


def recorded_rows(name):
    with open(os.path.join(VECTORS, name), encoding='utf-8') as lines:
        return [json.loads(line) for line in lines]


def recorded_index():
    """The file of 934 bytes that the rows about files were recorded with."""
    answer = recorded_rows('04/04_range_wire.jsonl')[0]['connections'][0]['responses'][0]
    return answer['body'].encode('latin1')


def wire_plays(deployment, name, rows, index):
    """The plays of a file of recorded connections."""
    plays = []
    for row in rows:
        if name.startswith('04/'):
            pairs = wire_files.files_row(deployment, row, index)
        elif name.startswith('03/03_http11_headers'):
            pairs = wire_files.header_row(deployment, row)
        elif name.startswith('03/03_http11_keepalive_count'):
            pairs = wire_files.count_row(deployment, row)
        elif name.startswith('05/'):
            pairs = wire_files.parameter_row(deployment, row)
        else:
            pairs = wire_files.plain_row(deployment, row)
        plays.append(lambda pairs=pairs: wire_files.play_row(pairs))
    return plays


def line_ending_plays(deployment, rows):
    service = deployment.service({}, [App(servlets=[Servlet('wire.Tester', ['/'])])])
    return [lambda row=row: wire_files.play_line_endings(service, row) for row in rows]


def plays_of(deployment, name, rows, index, base):
    """One function for each row of a file: it asks the running server and returns what does not agree."""
    tables = {
        '01_uri_canonicalization': table_files.canonicalization, '01_uri_utf8': table_files.uri_utf8,
        '01_dispatcher_encoded_slash': table_files.encoded_slash, '02_cookie_multi_header': table_files.cookie_lines,
        '03_do_head': table_files.do_head,
        '05_context_path': table_files.context_path, '05_dispatch_mapping': table_files.dispatch_mapping,
        '05_dispatcher_paths': table_files.dispatcher_paths, '05_servlet_mapping': table_files.servlet_mapping}
    stem = os.path.basename(name).removesuffix('.jsonl')
    if stem in tables:
        return [tables[stem](deployment, row) for row in rows]
    if stem == '03_http11_crlf':
        return line_ending_plays(deployment, rows)
    if stem == '04_if_match_etag':
        return [table_files.if_match(deployment, row, index) for row in rows]
    if stem == '04_range':
        return [table_files.file_range(deployment, row, index) for row in rows]
    if stem == '04_options_allow':
        return [table_files.options_allow(deployment, row, number) for number, row in enumerate(rows, 1)]
    if stem == '04_preconditions':
        return preconditions.rows_of(deployment, rows, index)
    if stem == '10_access_log_patterns':
        return table_files.access_log(deployment, rows, base)
    return wire_plays(deployment, name, rows, index)


FILES = (
    '01/01_dispatcher_encoded_slash', '01/01_uri_canonicalization', '01/01_uri_utf8', '02/02_cookie_multi_header',
    '03/03_do_head', '03/03_http11_chunked', '03/03_http11_connections', '03/03_http11_crlf', '03/03_http11_fuzz',
    '03/03_http11_headers', '03/03_http11_keepalive_count', '03/03_http11_output',
    '04/04_default_servlet_wire', '04/04_if_match_etag', '04/04_options_allow', '04/04_preconditions',
    '04/04_put_wire', '04/04_range', '04/04_range_requests_wire', '04/04_range_wire',
    '05/05_context_path', '05/05_dispatch_mapping', '05/05_dispatcher_paths', '05/05_request_wire',
    '05/05_servlet_mapping', '10/10_access_log_patterns', '10/10_error_report_wire',
)


def listed_differences():
    """(file, row) to reason, of the lines that concern the whole server."""
    listed = {}
    with open(os.path.join(VECTORS, 'differences.tsv'), encoding='utf-8') as lines:
        for line in lines:
            fields = line.rstrip('\n').split('\t', 2)
            if len(fields) == 3 and fields[0].startswith('wire:'):
                listed[fields[0].removeprefix('wire:'), fields[1]] = fields[2]
    return listed


class Server:
    """The server under test, on a base of its own."""

    def __init__(self, home, base):
        environment = {**os.environ, 'CATALINA_HOME': home, 'CATALINA_BASE': base}
        self.console = os.path.join(base, 'logs', 'console.log')
        with open(self.console, 'wb') as console:
            self.process = subprocess.Popen(
                [os.path.join(home, 'bin', 'catalina.sh'), 'run'], env=environment, stdout=console, stderr=console)

    def wait_until_ready(self, services):
        end = time.monotonic() + 120
        for service in services:
            while True:
                if self.process.poll() is not None or time.monotonic() > end:
                    with open(self.console, encoding='utf-8', errors='replace') as console:
                        sys.exit('the server does not answer:\n' + ''.join(console.readlines()[-40:]))
                try:
                    ask(service.port, 'GET', '/')
                    break
                except OSError:
                    time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            print('the server did not stop within 20 seconds; killed')
            self.process.kill()
            self.process.wait()


def built_library():
    """The module of Tests/ProbeWebapp that was built last."""
    built = [os.path.join(ROOT, '.build', each, 'libProbeWebapp.so') for each in ('release', 'debug')]
    built = [path for path in built if os.path.exists(path)]
    if not built:
        sys.exit('build the servlets first: swift build -c release --product ProbeWebapp')
    return max(built, key=os.path.getmtime)


def played(play):
    try:
        return play()
    except (OSError, ValueError, KeyError) as error:
        return [f'{type(error).__name__}: {error}']


def report(name, rows, results, listed, shown):
    """Prints the line of a file and what is unexpected; the number of unexpected rows."""
    unexpected = []
    for number, (row, found) in enumerate(zip(rows, results), 1):
        reason = listed.get((name, row.get('name'))) or listed.get((name, str(number)))
        if bool(found) != bool(reason):
            words = '; '.join(found) or f'agrees, yet differences.tsv lists it: {reason}'
            unexpected.append(f"  {row.get('name', number)}: {words}"[:600])
    agreeing = sum(not found for found in results)
    print(f'rows wire:{name}: {agreeing} agree of {len(rows)}')
    for line in unexpected[:shown]:
        print(line)
    if len(unexpected) > shown:
        print(f'  … and {len(unexpected) - shown} more')
    too_few = agreeing < AGREEING_SHARE * len(rows) and len(rows) - agreeing > 1
    if too_few:
        print(f'  fewer than {AGREEING_SHARE:.0%} agree')
    return len(unexpected) + too_few


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('files', nargs='*', help='parts of file names; all files if there are none')
    parser.add_argument('--home', default=ROOT, help='CATALINA_HOME of the server')
    parser.add_argument('--library', help='module with the servlets; the one that was built last if not given')
    parser.add_argument('--only', help='play only the rows whose name matches this regular expression')
    parser.add_argument('--show', type=int, default=40, help='how many unexpected rows of a file to print')
    parser.add_argument('--keep', action='store_true', help='keep the base')
    arguments = parser.parse_args()
    names = [name + '.jsonl' for name in FILES if not arguments.files or any(part in name for part in arguments.files)]
    base = tempfile.mkdtemp(prefix='caracal-wire.')
    deployment, index, runs = Deployment(), recorded_index(), []
    for name in names:
        rows = recorded_rows(name)
        if arguments.only:
            rows = [row for row in rows if re.search(arguments.only, row.get('name', ''))]
        runs.append((name, rows, plays_of(deployment, name, rows, index, base)))
    deployment.write(base, arguments.home, arguments.library or built_library())
    server = Server(arguments.home, base)
    failures = 0
    try:
        server.wait_until_ready(deployment.services.values())
        listed = listed_differences()
        with ThreadPoolExecutor(max_workers=12) as pool:
            pending = [(name, rows, [pool.submit(played, play) for play in plays]) for name, rows, plays in runs]
            for name, rows, futures in pending:
                failures += report(name, rows, [future.result() for future in futures], listed, arguments.show)
    finally:
        server.stop()
        if arguments.keep or failures:
            print(f'kept: {base}')
        else:
            shutil.rmtree(base)
    print(f"{sum(len(rows) for _, rows, _ in runs) - failures} passed, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
