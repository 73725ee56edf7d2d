"""Sends recorded bytes and reads the answers one by one."""
import re
import socket
import time

# How long an answer may take; several recordings wait for a time-out of the server.
ANSWER_TIMEOUT = 10
PART_PAUSE = 0.25
BYTE_PAUSE = 0.01
CLOSE_TIMEOUT = 4
KEPT_OPEN_WAIT = 0.2


class Closed(Exception):
    """The server closed the connection before the answer was complete."""


class Answer:
    def __init__(self):
        self.status = None
        self.headers = []
        self.body = b''
        self.is_complete = False

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Connection:
    """One connection to the server under test."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=ANSWER_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b''
        self.is_closed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, parts):
        """Writes the parts with pauses, as recorded; an error means that the server has closed already."""
        for number, part in enumerate(parts):
            if number:
                self.listen_for(BYTE_PAUSE if len(part) == 1 and len(parts) > 8 else PART_PAUSE)
            try:
                self.socket.sendall(part.encode('latin1'))
            except OSError:
                return

    def listen_for(self, seconds):
        """Collects what arrives in this time, so that a refusal half-way is not lost."""
        end = time.monotonic() + seconds
        while not self.is_closed and (remaining := end - time.monotonic()) > 0:
            self.socket.settimeout(remaining)
            self.receive()
        self.socket.settimeout(ANSWER_TIMEOUT)

    def receive(self):
        """More bytes into the buffer; `False` at the end."""
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            return False
        except OSError:
            data = b''
        self.is_closed = self.is_closed or not data
        self.buffer += data
        return bool(data)

    def take(self, count):
        while len(self.buffer) < count:
            if not self.receive():
                raise Closed
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def take_through(self, mark):
        while mark not in self.buffer:
            if not self.receive():
                raise Closed
        data, _, self.buffer = self.buffer.partition(mark)
        return data

    def rest(self):
        """Everything until the server closes the connection or falls silent."""
        while self.receive():
            pass
        data, self.buffer = self.buffer, b''
        return data

    def answer(self, has_body=True):
        """The next answer; incomplete if the connection ends within it."""
        answer = Answer()
        try:
            lines = self.take_through(b'\r\n\r\n').decode('latin1').split('\r\n')
            match = re.match(r'HTTP/1\.1 (\d{3}) ?', lines[0])
            if not match:
                answer.body = ('\r\n'.join(lines)).encode('latin1')
                return answer
            answer.status = int(match.group(1))
            for line in lines[1:]:
                name, _, value = line.partition(':')
                answer.headers.append((name, value.strip()))
            if has_body and answer.status not in (204, 304) and answer.status >= 200:
                self.read_body(answer)
            answer.is_complete = True
        except Closed:
            pass
        return answer

    def read_body(self, answer):
        if (answer.header('Transfer-Encoding') or '').lower() == 'chunked':
            while True:
                size = int(self.take_through(b'\r\n').split(b';')[0], 16)
                if size == 0:
                    while self.take_through(b'\r\n'):
                        pass
                    return
                answer.body += self.take(size)
                self.take(2)
        length = answer.header('Content-Length')
        answer.body = self.take(int(length)) if length is not None else self.rest()

    def ends(self):
        """Whether the server closes the connection within a few seconds."""
        self.socket.settimeout(CLOSE_TIMEOUT)
        while not self.is_closed and self.receive():
            pass
        return self.is_closed

    def stays(self):
        """Whether the server keeps the connection for a moment."""
        self.socket.settimeout(KEPT_OPEN_WAIT)
        while not self.is_closed and self.receive():
            pass
        return not self.is_closed


def ask(port, method, target, headers=(), body=b'', host='localhost', close=True):
    """One request on a connection of its own."""
    lines = [f'{method} {target} HTTP/1.1', f'Host: {host}', *(f'{name}: {value}' for name, value in headers)]
    if body:
        lines.append(f'Content-Length: {len(body)}')
    if close:
        lines.append('Connection: close')
    with Connection(port) as connection:
        connection.send(['\r\n'.join(lines + ['', '']) + body.decode('latin1')])
        return connection.answer(has_body=method != 'HEAD')
