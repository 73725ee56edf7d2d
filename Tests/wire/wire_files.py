"""The files of recorded connections: which service stands behind each connection of a row.

A row names the test programs that were mounted; the tables here name the servlets of Tests/ProbeWebapp that do the
same, and what the recording leaves out: init parameters, files, attributes of connector and context.
"""
import base64

from .deployment import DEFAULT_SERVLET, App, Servlet
from .exchange import Connection
from .recorded import PAGE, disagreements

INDEX_TIME = 1787333635

# Program (the part before the parenthesis) to the servlet that does the same.
PROGRAMS = {
    'SwallowBodyServlet': lambda row, recorded: 'wire.ReadBodySwallowing' if row['variant'].get('swallow_exception')
    else 'wire.ReadBody',
    'EchoHeaderServlet': 'wire.Trailers',
    'BodyReadServlet': lambda row, recorded: f"wire.CountBody{row['variant']['read_limit']}",
    'BodyReadLineServlet': 'wire.CountLines',
    'NonBlockingReadLineServlet': 'wire.CountLines',
    'TesterServlet': lambda row, recorded: 'wire.TesterClosing' if row['variant'].get('explicit_close')
    else 'wire.Tester',
    'Bug64974Servlet': 'wire.AsyncTester',
    'SwallowBodyTesterServlet': 'wire.ReadBodyClosing',
    'ServerNameTesterServlet': 'wire.ServerName',
    'NoContentLengthFlushingServlet': 'wire.Flushing',
    'NoContentLengthConnectionCloseFlushingServlet': 'wire.FlushingClosing',
    'EarlyHintsServlet': 'wire.EarlyHints',
    'Bug55772Servlet': 'wire.AsyncIncomplete',
    'Bug61086Servlet': 'wire.ResetContent',
    'LargeHeaderServlet': lambda row, recorded: 'wire.LargeHeaderFlushing' if row['variant']['flush']
    else 'wire.LargeHeader',
    'Bug57621Servlet': 'wire.AsyncReadBody',
    'DispatchingServlet': 'wire.AsyncDispatch',
    'HeaderServlet': lambda row, recorded: 'wire.HeaderASCII' if row['variant']['custom_header_value'].isascii()
    else 'wire.HeaderLatin1',
    'EchoBodyServlet': 'wire.EchoBody',
    'Bug69442Servlet': 'wire.ParameterLinesUTF8',
    'EchoQueryStringServlet': 'wire.QueryString',
    'Bug54984Servlet': 'wire.Part',
    'Bug61264GetReaderServlet': 'wire.Reader',
    'Bug37794Servlet': 'wire.ParameterLines',
    'Bug56501Servlet': 'wire.ContextPath',
    'LoginLogoutServlet': 'wire.LoginLogout',
    'Bug54220Servlet(false)': 'wire.Empty',
    'Bug54220Servlet(true)': 'wire.NotFound',
    'Bug54536Servlet': 'wire.Falling',
    'Bug56042Servlet': 'wire.AsyncBadRequest',
}
ASYNC = {
    'wire.AsyncTester', 'wire.AsyncIncomplete', 'wire.AsyncReadBody', 'wire.AsyncDispatch', 'wire.AsyncBadRequest'}

# Connector attributes that the recording of a row leaves out or garbles.
CONNECTORS = {
    'http11_connections-010': {'connectionUploadTimeout': '12000', 'disableUploadTimeout': 'false'},
    'http11_connections-049': {'connectionUploadTimeout': '1500', 'disableUploadTimeout': 'false'},
    'http11_keepalive_count-000': {'maxKeepAliveRequests': '5', 'connectionTimeout': '50000'},
    'http11_keepalive_count-001': {'maxKeepAliveRequests': '5', 'connectionTimeout': '50000'},
}

SAMPLE_APP = App(
    '/test', [Servlet('wire.EchoParams', ['/echo-params.jsp'])],
    web_xml='<session-config><cookie-config><attribute><attribute-name>aaa</attribute-name>'
            '<attribute-value>bbb</attribute-value></attribute></cookie-config></session-config>')


def default_servlet(**parameters):
    return Servlet(DEFAULT_SERVLET, ['/'], name='default', parameters=parameters)


def plain_row(deployment, row):
    """A row whose connections all go to the same service: [(service, connection)]."""
    connector = CONNECTORS.get(row['name'], row['server']['connector'])
    recorded = [answer for connection in row['connections'] for answer in connection['responses']]
    apps = [App(attributes=context_attributes(row))]
    for program in row['server']['apps']:
        name = program['app']
        if name == 'test web application':
            apps = [App(servlets=[Servlet('wire.EchoParams', ['/echo-params.jsp'])]), SAMPLE_APP]
            continue
        if name == 'default servlet':
            apps[0].servlets.append(default_servlet())
            continue
        servlet_class = PROGRAMS.get(name) or PROGRAMS[name.partition('(')[0]]
        if callable(servlet_class):
            servlet_class = servlet_class(row, recorded)
        apps[0].servlets.append(Servlet(servlet_class, program['mapped'], is_async=servlet_class in ASYNC))
    service = deployment.service(connector, apps)
    return [(service, connection) for connection in row['connections']]


def context_attributes(row):
    names = {
        'setAllowCasualMultipartParsing': 'allowCasualMultipartParsing',
        'setAllowMultipleLeadingForwardSlashInPath': 'allowMultipleLeadingForwardSlashInPath'}
    return {names[name]: str(value).lower() for name, value, *_ in row['server']['settings'] if name in names}


def header_row(deployment, row):
    """03_http11_headers: three programs shared a path; the recorded body tells which one answered.

    Recorded connectors accept illegal headers throughout, although the rows that recorded 400 refused them.
    """
    refused = any(answer.get('status') == 400 for each in row['connections'] for answer in each['responses'])
    connector = {**row['server']['connector'], 'rejectIllegalHeader': str(refused).lower()}
    pairs = []
    for connection in row['connections']:
        body = connection['responses'][0].get('body', '')
        servlet = 'wire.Tester' if body in ('OK', PAGE, '') else 'wire.HeaderValues'
        servlet = 'wire.HeaderLines' if body.endswith('\n') else servlet
        pairs.append((deployment.service(connector, [App(servlets=[Servlet(servlet, ['/test'])])]), connection))
    return pairs


def count_row(deployment, row):
    service = deployment.service(CONNECTORS[row['name']], [App(servlets=[Servlet('wire.Empty', ['/test'])])])
    return [(service, connection) for connection in row['connections']]


def context_path_row(deployment, row):
    """05_request_wire: the program that prints its context path, below the path it was deployed at."""
    variant = row['variant']
    connector = {'encodedSolidusHandling': variant['encoded_solidus_handling'].lower()}
    app = App(variant['deploy_path'], [Servlet('wire.ContextPath', ['/*'])], attributes=context_attributes(row))
    service = deployment.service(connector, [app])
    return [(service, connection) for connection in row['connections']]


def parameter_row(deployment, row):
    """05_request_wire: rows that leave out what was mounted, or that change it from connection to connection."""
    if row['name'] == 'request_wire-002':
        failed = ('<filter><filter-name>failed</filter-name><filter-class>wire.FailedRequest</filter-class></filter>'
                  '<filter-mapping><filter-name>failed</filter-name><url-pattern>/test</url-pattern></filter-mapping>')
        app = App(servlets=[Servlet('wire.ParameterLines', ['/test'])], web_xml=failed)
        connectors = [{'maxPostSize': str(limit)} for limit in (-1, 0, 1, 6, 7, 8, 8096, 8096)]
        services = [deployment.service(connector, [app]) for connector in connectors]
        return list(zip(services, row['connections'], strict=True))
    if row['name'] == 'request_wire-004':
        app = App(servlets=[Servlet('wire.SortedParameters', ['/echo'])])
        connectors = [{}, {}, {}, {}, {'parseBodyMethods': 'PUT,POST'}]
        services = [deployment.service(connector, [app]) for connector in connectors]
        return list(zip(services, row['connections'], strict=True))
    if 'deploy_path' in row['variant']:
        return context_path_row(deployment, row)
    return plain_row(deployment, row)


def files_row(deployment, row, index):
    """04 wire files: the default servlet over a folder of the row's own."""
    name = row['name']
    files = {'index.html': (index, INDEX_TIME)}
    if name.startswith('put_wire'):
        refused = row['name'] == 'put_wire-015'  # the one row that does not allow part of a file
        servlet = default_servlet(readonly='false', allowPartialPut=str(not refused).lower())
        app = App(servlets=[servlet], files=files, attributes={'displayName': name})
    elif name.startswith('default_servlet_wire'):
        app = default_servlet_app(row, files)
    else:
        tags = [value for each in row['connections'] for answer in each['responses']
                for name, value in answer['headers'] if name == 'ETag']
        is_strong = any(not tag.startswith('W/') for tag in tags)
        app = App(servlets=[default_servlet(useStrongETags=str(is_strong).lower())], files=files)
    service = deployment.service({}, app if isinstance(app, list) else [app])
    return [(service, connection) for connection in row['connections']]


def default_servlet_app(row, files):
    name = row['name']
    html = '<mime-mapping><extension>html</extension><mime-type>text/html</mime-type></mime-mapping>'
    bodies = {}
    for connection in row['connections']:
        for answer in connection['responses']:
            encoding = dict(answer['headers']).get('Content-Encoding')
            if encoding:
                bodies[encoding] = (answer['body'].encode('latin1'), INDEX_TIME)
    if name == 'default_servlet_wire-002':
        return [App(), SAMPLE_APP]
    if name == 'default_servlet_wire-004':
        return App(servlets=[default_servlet(listings='true')], files={'bug66609/a&a.txt': b'a', 'bug66609/b.txt': b''})
    if name == 'default_servlet_wire-007':
        page = '<error-page><error-code>404</error-code><location>/404-absent.html</location></error-page>'
        return [App(), App('/MyApp', [default_servlet()], web_xml=page)]
    if name == 'default_servlet_wire-009':
        many = {f'folder-{number:03}/': b'' for number in range(80)}
        return App(servlets=[default_servlet(listings='true')], files={**many, 'bug43nnn/a.txt': b'a'})
    if name == 'default_servlet_wire-010':
        files = {**files, 'index.html.gz': bodies['gzip'], 'index.html.br': bodies['custom']}
        return App(servlets=[default_servlet(precompressed='gzip=.gz,custom=.br')], files=files, web_xml=html)
    files = {**files, 'index.html.gz': gzip_sibling(), 'index.html.br': bodies.get('br', (b'', INDEX_TIME))}
    if 'gzip' in bodies:
        files['index.html.gz'] = bodies['gzip']
    order = 'gzip=.gz,br=.br' if name == 'default_servlet_wire-008' else 'br=.br,gzip=.gz'
    return App(servlets=[default_servlet(precompressed=order)], files=files, web_xml=html)


def gzip_sibling():
    """A compressed empty text, for rows that never show it."""
    return base64.b64decode('H4sIAAAAAAAAAwMAAAAAAAAAAAA='), INDEX_TIME


def play_row(pairs):
    """Plays a row's connections in order; what does not agree."""
    found = []
    for number, (service, connection) in enumerate(pairs, 1):
        prefix = f'connection {number}: ' if len(pairs) > 1 else ''
        found += [prefix + words for words in disagreements(service, connection)]
    return found


def play_line_endings(service, row):
    """03_http11_crlf: parts with one status, or a bare body for HTTP/0.9."""
    with Connection(service.port) as connection:
        connection.send(row['send_parts'])
        text = connection.rest().decode('latin1')
    if row['valid'] and row['http09']:
        return [] if text == 'OK' else [f'{text[:80]!r}, recorded a bare body']
    allowed = row['status'] or [400]
    agrees = any(text.startswith(f'HTTP/1.1 {status} ') for status in allowed)
    return [] if agrees else [f'{text[:80]!r}, recorded {allowed}']
