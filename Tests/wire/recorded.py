"""Compares recorded connections with what a server answers to them."""
import re

from .exchange import Connection

PAGE = '(html error page)'
INDEX_MODIFIED = '1787333635000'
INDEX_DATE = 'Fri, 21 Aug 2026 17:33:55 GMT'


def disagreements(service, recorded):
    """Plays one recorded connection against a service; what does not agree, in words."""
    found = []
    if not recorded['send']:
        return found  # an artefact of the recording: an answer without its request
    with Connection(service.port) as connection:
        connection.send(recorded['send'])
        for number, expected in enumerate(recorded['responses'], 1):
            prefix = f'answer {number}: ' if len(recorded['responses']) > 1 else ''
            found += [prefix + words for words in compare(service, expected, connection)]
            if found:
                return found
        if not recorded['responses'][-1].get('body_complete', True):
            return found  # the recording ended before the answer did
        after = recorded['connection_after']
        if after in ('close', 'server_closed') and not connection.ends():
            found.append('the connection stays open')
        if after == 'keep-alive' and not connection.stays():
            found.append('the connection ends')
    return found


def compare(service, expected, connection):
    if 'raw' in expected:
        text = connection.rest().decode('latin1')
        wanted = expected['raw']
        agrees = '<html' in text.lower() if wanted == PAGE else text == wanted
        return [] if agrees else [f'raw {text[:80]!r}, recorded {wanted[:80]!r}']
    answer = connection.answer(has_body='framing' in expected)
    if answer.status != expected['status']:
        return [f"status {answer.status} {answer.body[:60]!r}, recorded {expected['status']}"]
    is_page = expected.get('body') == PAGE
    found = header_disagreements(expected, answer, is_page)
    if 'framing' not in expected:
        return found
    text = answer.body.decode('latin1')
    wanted = expected.get('body', '').replace('<connector port>', str(service.port))
    if is_page:
        if '<html' not in text.lower():
            found.append(f'no page but {text[:60]!r}')
    elif 'body_prefix' in expected:
        if not text.startswith(expected['body_prefix']) or len(text) != expected['body_length']:
            found.append(f"{len(text)} bytes {text[:80]!r}, recorded {expected['body_length']}")
    elif expected.get('body_complete', True):
        if text != wanted:
            found.append(f'body {text[:80]!r}, recorded {wanted[:80]!r}')
        elif not answer.is_complete:
            found.append('the body is not complete')
    elif not text.startswith(wanted):
        found.append(f'body {text[:80]!r} does not start with {wanted[:80]!r}')
    return found


def header_disagreements(expected, answer, is_page):
    recorded = normalized(expected['headers'])
    got = normalized(answer.headers)
    names = {name for name, _ in recorded}
    port_in_body = '<connector port>' in expected.get('body', '')
    ignored = {'date'}
    if is_page or port_in_body or 'content-length' not in names and expected.get('framing') == 'length':
        ignored.add('content-length')
    recorded = sorted(pair for pair in recorded if pair[0] not in ignored)
    got = sorted(pair for pair in got if pair[0] not in ignored)
    if recorded == got:
        return []
    missing = [pair for pair in recorded if pair not in got]
    unexpected = [pair for pair in got if pair not in recorded]
    return [f'headers missing {missing}, unexpected {unexpected}']


def normalized(headers):
    result = []
    for name, value in headers:
        name, value = name.lower(), value.strip()
        if name == 'set-cookie':
            value = re.sub(r'(JSESSIONID=)[0-9A-F]{32}', r'\1<id>', value)
        if name == 'etag' and INDEX_MODIFIED not in value:
            value = re.sub(r'-\d{13}"', '-<ms>"', value)
        if name == 'last-modified' and value != INDEX_DATE:
            value = '<date>'
        result.append((name, value))
    return result
