"""04_preconditions: every combination of conditional headers on files, missing files and changes of files."""
from .deployment import App
from .exchange import ask
from .table_files import http_date, unequal
from .wire_files import INDEX_TIME, default_servlet

OWN_WEAK_TAG = f'W/"934-{INDEX_TIME}000"'
FILE_TEXT = b'Some text'
PAGE_404 = b'<html><body>Not here</body></html>'


def rows_of(deployment, rows, index):
    """[play of each row]; weak and strong tags have a service each, changed files belong to one row alone."""
    files = {'index.html': (index, INDEX_TIME), '404.html': PAGE_404}
    for number, row in enumerate(rows):
        if row['task'] in ('PUT_EXIST_TXT', 'DELETE_EXIST_TXT'):
            files[f'exist-{number}.txt'] = (FILE_TEXT, INDEX_TIME)
    page = '<error-page><error-code>404</error-code><location>/404.html</location></error-page>'
    services = {
        is_strong: deployment.service({}, [App(
            servlets=[default_servlet(useStrongETags=str(is_strong).lower(), readonly='false')], files=files,
            web_xml=page)])
        for is_strong in (False, True)}
    return [play_of(services[row['use_strong_etags']], row, number) for number, row in enumerate(rows)]


def play_of(service, row, number):
    method, target = row['task'].split('_', 1)
    path = {
        'INDEX_HTML': '/index.html', '404_HTML': '/no-such-page.html', 'EXIST_TXT': f'/exist-{number}.txt',
        'NEW_TXT': f'/new-{number}.txt', 'NOT_EXIST_TXT': f'/missing-{number}.txt'}[target]

    def play():
        headers = [('Range', 'bytes=0-10')] if row['add_range_header'] else []
        tag = ask(service.port, 'HEAD', path).header('ETag')
        for name, key in (('If-Match', 'if_match'), ('If-None-Match', 'if_none_match'), ('If-Range', 'if_range_etag')):
            headers += tag_headers(name, row[f'{key}_precondition'], tag)
        for name, key in (
                ('If-Unmodified-Since', 'if_unmodified_since'), ('If-Modified-Since', 'if_modified_since'),
                ('If-Range', 'if_range_date')):
            headers += date_headers(name, row[f'{key}_precondition'])
        body = b'New text' if method == 'PUT' else b''
        answer = ask(service.port, method, path, headers, body)
        found = unequal(answer.status, row['sc_expected'])
        if method == 'PUT' and not found and answer.status < 300:
            found += unequal(ask(service.port, 'GET', path).body, body)
        return [f'{words} ({method} {path} {headers})' for words in found]
    return play


def tag_headers(name, precondition, tag):
    own = tag or '"none"'
    values = {
        None: None, 'NONE': None, 'ALL': '*', 'EXACTLY': own, 'IN': f'"1a2b3c4d", {own}, W/"*"',
        'NOT_IN': '"1a2b3c4d", W/"4d5e6f7a"', 'INVALID': '1a2b3c4d', 'INVALID_ALL_PLUS_OTHER': f'*, {own}'}
    value = values[precondition]
    return [(name, value)] if value else []


def date_headers(name, precondition):
    own, other = http_date(INDEX_TIME), http_date(INDEX_TIME + 30)
    values = {
        None: [], 'NONE': [], 'EQ': [own], 'GT': [other], 'LT': [http_date(INDEX_TIME - 30)],
        'MULTI_IN': [own, other], 'MULTI_IN_REV': [other, own], 'INVALID': ['2024.12.09 GMT']}
    return [(name, value) for value in values[precondition]]
