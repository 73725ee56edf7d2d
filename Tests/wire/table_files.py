"""The tables whose rows need a running server: what to deploy, what to ask, what must come back."""
import re
import time
from email.utils import formatdate

from .deployment import App, Servlet
from .exchange import ask
from .wire_files import INDEX_TIME, default_servlet


def canonicalization(deployment, row):
    """01_uri_canonicalization: once as by default, once with suspicious sequences refused."""
    app = App(servlets=[Servlet('dispatch.PathInfo', ['/*'])])
    services = (
        (deployment.service({}, [app]), row['must_be_400_by_default']),
        (deployment.service({'rejectSuspiciousURIs': 'true'}, [app]),
         row['must_be_400_when_suspicious_sequences_rejected']))

    def play():
        found = []
        for service, is_refused in services:
            answer = ask(service.port, 'GET', row['request_target'])
            if answer.status != (400 if is_refused else 200):
                found.append(f'status {answer.status}, refused {is_refused}')
            elif not is_refused and answer.body.decode() != row['canonical_path']:
                found.append(f"path {answer.body.decode()!r}, recorded {row['canonical_path']!r}")
        return found
    return play


def uri_utf8(deployment, row):
    service = deployment.service(
        {'URIEncoding': row['uri_encoding']}, [App(servlets=[Servlet('dispatch.PathInfo', ['/*'])])])

    def play():
        answer = ask(service.port, 'GET', row['target'])
        path = answer.body.decode() if answer.status == 200 else None
        return unequal((answer.status, path), (row['status'], row['path_info']))
    return play


def encoded_slash(deployment, row):
    """01_dispatcher_encoded_slash: the rest of the raw path, forwarded to another servlet."""
    policies = {
        'encodedSolidusHandling': row['encoded_slash'], 'encodedReverseSolidusHandling': row['encoded_backslash']}
    app = App(servlets=[
        Servlet('dispatch.RawPathInfo', ['/start/*']), Servlet('dispatch.PathInfo', ['/target/*'], name='target')
    ], attributes=policies)
    service = deployment.service({**policies, 'allowBackslash': 'true'}, [app])

    def play():
        answer = ask(service.port, 'GET', '/start' + row['path_info_request'])
        return unequal((answer.status, answer.body.decode()), (200, row['path_info_dispatcher']))
    return play


def cookie_lines(deployment, row):
    """02_cookie_multi_header: several Cookie lines."""
    processor = ''
    if row['without_equals']:
        name = 'org.apache.tomcat.util.http.Rfc6265CookieProcessor'
        processor = f'<CookieProcessor className="{name}" cookiesWithoutEquals="{row["without_equals"]}"/>'
    service = deployment.service({}, [App(servlets=[Servlet('wire.Cookies', ['/test'])], nested=processor)])

    def play():
        answer = ask(service.port, 'GET', '/test', [('Cookie', line) for line in row['headers']])
        return unequal((answer.status, answer.body.decode()), (200, row['echo']))
    return play


def do_head(deployment, row):
    """03_do_head: the length that HEAD reports; both ways in which a container may make it are one here."""
    servlet = 'wire.OwnHead' if row['head_source'] == 'SERVLET' else 'wire.Head'
    service = deployment.service({}, [App(servlets=[Servlet(servlet, ['/test'])])])
    target = f"/test?n={row['content_length']}&explicit={str(row['explicit_content_length']).lower()}"

    def play():
        answer = ask(service.port, 'HEAD', target)
        length = answer.header('Content-Length')
        return unequal((answer.status, length and int(length)), (200, row['expected_content_length']))
    return play


def if_match(deployment, row, index):
    """04_if_match_etag: the value once as If-Match, once as If-None-Match."""
    service = file_service(deployment, row['strong_etag'], index)

    def play():
        value = row['header_value']
        statuses = [
            ask(service.port, 'GET', '/index.html', [(name, value)] if value is not None else []).status
            for name in ('If-Match', 'If-None-Match')]
        return unequal(statuses, [row['status_if_match'], row['status_if_none_match']])
    return play


def file_service(deployment, has_strong_tags, index, **parameters):
    servlet = default_servlet(useStrongETags=str(has_strong_tags).lower(), **parameters)
    return deployment.service({}, [App(servlets=[servlet], files={'index.html': (index, INDEX_TIME)})])


def file_range(deployment, row, index):
    """04_range: Range and If-Range; the recorded Content-Range of several ranges is that of one part."""
    is_strong = '"6' in (row['if_range'] or '')
    service = file_service(deployment, is_strong, index)

    def play():
        headers = [('Range', row['range'])] if row['range'] else []
        headers += [('If-Range', row['if_range'])] if row['if_range'] else []
        answer = ask(service.port, 'GET', '/index.html', headers)
        found = unequal(answer.status, row['status'])
        if row['content_length']:
            found += unequal(answer.header('Content-Length'), row['content_length'])
        wanted = row['content_range'] and 'bytes ' + row['content_range']
        given = answer.header('Content-Range') or ''
        if (answer.header('Content-Type') or '').startswith('multipart/byteranges'):
            if f'Content-Range: {wanted}\r\n' not in answer.body.decode('latin1'):
                found.append(f'no part with {wanted}')
        else:
            found += unequal(given, wanted)
        return found
    return play


def options_allow(deployment, row, number):
    """04_options_allow: what OPTIONS lists is what the method itself does not refuse with 405."""
    apps = [options_app(listings, readonly) for listings in (False, True) for readonly in (False, True)]
    service = deployment.service({'allowTrace': str(row['trace']).lower()}, apps)
    path = options_path(row['listings'], row['readonly'])
    targets = {'file': f'{path}/{number}.txt', 'collection': f'{path}/{number}/', 'unknown': f'{path}/{number}.none'}
    target = targets[row['url']]
    body = b'new' if row['method'] == 'PUT' else b''

    def play():
        options = ask(service.port, 'OPTIONS', target)
        answer = ask(service.port, row['method'], target, body=body)
        allowed = re.split(r', *', options.header('Allow') or '')
        found = unequal(options.status, 200)
        return found + unequal((row['method'] in allowed), answer.status != 405)
    return play


def options_path(listings, readonly):
    return f"/{'listed' if listings else 'hidden'}-{'readonly' if readonly else 'writable'}"


def options_app(listings, readonly):
    files = {}
    for number in range(1, 98):
        files[f'{number}.txt'] = b'a file'
        files[f'{number}/'] = b''
    servlet = default_servlet(listings=str(listings).lower(), readonly=str(readonly).lower())
    return App(options_path(listings, readonly), [servlet], files)


def context_path(deployment, row):
    """05_context_path: the context path in the form in which the request wrote it."""
    connector = {'encodedSolidusHandling': row['encoded_slash']}
    attributes = {'allowMultipleLeadingForwardSlashInPath': 'true'}
    app = App(row['deploy_path'], [Servlet('wire.ContextPath', ['/*'])], attributes=attributes)
    service = deployment.service(connector, [app])

    def play():
        answer = ask(service.port, 'GET', row['request_path'] or '/')
        return unequal((answer.status, answer.body.decode()), (200, row['context_path']))
    return play


def encoded_paths(row):
    return {'dispatchersUseEncodedPaths': str(row['use_encoded_dispatch_paths']).lower()}


def dispatch_mapping(deployment, row):
    """05_dispatch_mapping: what a target sees after forward, include and async dispatch."""
    app = App('/test', [
        Servlet('dispatch.Start', [row['start_mapping']], name='rd', is_async=True),
        Servlet('dispatch.Target', [row['target_mapping']], name='target', is_async=True),
    ], attributes=encoded_paths(row), web_xml='<welcome-file-list><welcome-file>index.html</welcome-file>'
                                              '</welcome-file-list>')
    service = deployment.service({}, [app])

    def play():
        kind = row['dispatcher_type']
        headers = [('X-Dispatch', kind), ('X-Target', row['target_uri']), ('X-Facts', kind.lower())]
        answer = ask(service.port, 'GET', '/test' + row['start_uri'], headers)
        lines = answer.body.decode().split('\n')
        found = unequal((answer.status, lines[0]), (200, row['expected_body']))
        if row['expected_body'] != 'OK' or found:
            return found
        seen = dict(line.partition('=')[::2] for line in lines[1:])
        for key, value in row.items():
            if key.startswith('expected_') and key != 'expected_body':
                name = key.removeprefix('expected_')
                wanted = value if value is not None or name.endswith('match_value') else 'null'
                if seen.get(name) != (wanted or ''):
                    found.append(f'{name} {seen.get(name)!r}, recorded {value!r}')
        return found
    return play


def dispatcher_paths(deployment, row):
    """05_dispatcher_paths: relative, encoded and escaping paths of a dispatcher."""
    app = App('/test', [
        Servlet('dispatch.Start', [row['start_path']], name='rd'),
        Servlet('dispatch.Target', [row['target_path']], name='target'),
        Servlet('dispatch.Default', ['/'], name='default'),
    ], attributes=encoded_paths(row))
    service = deployment.service({}, [app])

    def play():
        if row['dispatch_path'] is None:
            return ['a path is never nil in this API']
        query = '?' + row['start_query'] if row['start_query'] else ''
        headers = [('X-Dispatch', 'FORWARD'), ('X-Target', row['dispatch_path'])]
        answer = ask(service.port, 'GET', '/test' + row['start_path'] + query, headers)
        body = answer.body.decode()
        if row['body'] == 'DEFAULT-404':
            body = body[:len('DEFAULT-404')]
        return unequal((answer.status, body), (200, row['body']))
    return play


MAPPED = {
    '': ({'exact': ['/exact'], 'prefix': ['/prefix/*'], 'longer': ['/prefix/longer/*'], 'ext': ['*.do'],
          'emptyctx': [''], 'exact2': ['/prefix/longer/exact'], 'dotjsp': ['*.jspx'], 'spaced': ['/a b/*']},
         ['index.html', 'welcome.jspx', 'virtual.do'],
         {'index.html': b'index', 'sub/welcome.jspx': b'', 'sub/file.txt': b'file', 'sub/deep/': b''}),
    '/foo': ({'fp': ['/p/*'], 'fe': ['*.do'], 'fd': ['/'], 'fx': ['/x']}, ['index.html'],
             {'dir/index.html': b'', 'page.do': b''}),
    '/foo/bar': ({'all': ['/*']}, [], {}),
    '/np': ({'star': ['/*'], 'd2': ['/d2/*'], 'ex': ['*.ex']}, [], {}),
    '/noredir': ({'nrall': ['/*']}, [], {}),
}


def servlet_mapping(deployment, row):
    """05_servlet_mapping: one fixed deployment, many request targets."""
    apps = []
    for path, (patterns, welcome, files) in MAPPED.items():
        servlets = [Servlet('dispatch.Seen', mapped, name=name) for name, mapped in patterns.items()]
        servlets += [default_servlet()] if path == '' else []
        welcome_xml = ''.join(f'<welcome-file>{name}</welcome-file>' for name in welcome)
        attributes = {'mapperContextRootRedirectEnabled': 'false'} if path == '/noredir' else {}
        apps.append(App(
            path, servlets, files, attributes,
            web_xml=f'<welcome-file-list>{welcome_xml}</welcome-file-list>' if welcome else ''))
    service = deployment.service({}, apps)

    def play():
        answer = ask(service.port, 'GET', row['request_target'])
        found = unequal((answer.status, answer.header('Location')), (row['status'], row['location']))
        if row['seen'] and not found:
            seen = dict(line.partition('=')[::2] for line in answer.body.decode().split('\n'))
            for name, value in row['seen'].items():
                wanted = value if value is not None else '' if name == 'match_value' else 'null'
                if seen.get(name) != wanted:
                    found.append(f'{name} {seen.get(name)!r}, recorded {value!r}')
        return found
    return play


LOGGED_HEADERS = [
    ('Cookie', 'COOKIE-1_1=1_1; COOKIE-1_2=1_2; COOKIE-1_3=1_3'),
    ('Cookie', 'COOKIE-2_1=2_1;COOKIE-2_2=2_2;COOKIE-2_3=2_3'),
    ('myRequestHeader', '1 2 3 4 5 6 7 8 9'), ('User-Agent', 'wire')]


def access_log(deployment, rows, base):
    """10_access_log_patterns: a host for each pattern, with its log; [play of each row]."""
    apps, valves = [], {}
    for row in rows:
        host = row['name'].replace('_', '-') + '.test'
        kind = {'text': 'AccessLogValve', 'json': 'JsonAccessLogValve'}[row['kind']]
        pattern = row['pattern'].replace('&', '&amp;').replace('"', '&quot;').replace('<', '&lt;')
        valves[host] = (
            f'        <Valve className="org.apache.catalina.valves.{kind}" directory="logs" prefix="{row["name"]}"'
            f' suffix=".log" rotatable="false" buffered="false" pattern="{pattern}"/>\n')
        apps.append(App('', [Servlet('wire.Logged', ['/'])], host=host))
    apps.append(App())
    service = deployment.service({}, apps, valves)

    def play_of(row):
        def play():
            host = row['name'].replace('_', '-') + '.test'
            ask(service.port, 'GET', row['path'], LOGGED_HEADERS, host=host, close=False)
            line = first_line(f"{base}/logs/{row['name']}.log")
            wanted = row['line_regex'].replace('-auto-\\d+', f'-{service.port}').replace('localhost', re.escape(host))
            agrees = line is not None and re.fullmatch(wanted, line)
            return [] if agrees else [f'line {line!r}, recorded /{wanted}/']
        return play
    return [play_of(row) for row in rows]


def first_line(path):
    """The first line of a log that is being written; `None` if none comes within two seconds."""
    for _ in range(100):
        try:
            with open(path, encoding='utf-8') as file:
                line = file.readline()
        except FileNotFoundError:
            line = ''
        if line.endswith('\n'):
            return line[:-1]
        time.sleep(0.02)
    return None


def http_date(seconds):
    return formatdate(seconds, usegmt=True)


def unequal(got, recorded):
    return [] if got == recorded else [f'got {got!r}, recorded {recorded!r}']
