"""Describes services with their applications and writes the CATALINA_BASE that holds them all.

Rows share a service when connector and applications are the same; each service has a port of its own.
"""
import json
import os
import shutil
import socket
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

DEFAULT_SERVLET = 'org.apache.catalina.servlets.DefaultServlet'
WEB_APP = '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">'


@dataclass
class Servlet:
    """A `<servlet>` with its mappings."""
    servlet_class: str
    patterns: list
    name: str = None
    parameters: dict = field(default_factory=dict)
    is_async: bool = False
    is_multipart: bool = False

    def xml(self):
        name = self.name or self.servlet_class
        parameters = ''.join(
            f'<init-param><param-name>{key}</param-name><param-value>{escape(value)}</param-value></init-param>'
            for key, value in self.parameters.items())
        return (
            f'<servlet><servlet-name>{name}</servlet-name><servlet-class>{self.servlet_class}</servlet-class>'
            + parameters + ('<async-supported>true</async-supported>' if self.is_async else '')
            + ('<multipart-config/>' if self.is_multipart else '') + '</servlet>'
            + f'<servlet-mapping><servlet-name>{name}</servlet-name>'
            + ''.join(f'<url-pattern>{escape(pattern)}</url-pattern>' for pattern in self.patterns)
            + '</servlet-mapping>')


@dataclass
class App:
    """A web application: a `<Context>` in server.xml with its web.xml and files."""
    path: str = ''
    servlets: list = field(default_factory=list)
    files: dict = field(default_factory=dict)  # path to bytes, or to (bytes, seconds since 1970)
    attributes: dict = field(default_factory=dict)  # of the Context element
    nested: str = ''  # elements in the Context element
    web_xml: str = ''  # further elements of web.xml
    host: str = 'localhost'


class Service:
    """One connector and its applications."""

    def __init__(self, number, connector, apps, valves):
        self.name = f'wire{number}'
        self.connector = connector
        self.apps = apps
        self.valves = valves  # host name to elements in the Host element
        self.port = None

    def xml(self, base):
        attributes = {'address': '127.0.0.1', 'port': str(self.port), 'connectionTimeout': '3000', **self.connector}
        hosts = {}
        for number, app in enumerate(self.apps):
            document_base = os.path.join(base, 'apps', self.name, str(number))
            context = {'path': app.path, 'docBase': document_base, **app.attributes}
            hosts.setdefault(app.host, '')
            hosts[app.host] += f'        <Context{attribute_text(context)}>{app.nested}</Context>\n'
        text = f'  <Service name="{self.name}">\n    <Connector{attribute_text(attributes)}/>\n'
        text += f'    <Engine name="{self.name}" defaultHost="localhost">\n'
        text += '      <Realm className="org.apache.catalina.realm.MemoryRealm"/>\n'
        for host, contexts in hosts.items():
            text += f'      <Host name="{host}" appBase="none" autoDeploy="false" deployOnStartup="false">\n'
            text += self.valves.get(host, '') + contexts + '      </Host>\n'
        return text + '    </Engine>\n  </Service>\n'


def attribute_text(attributes):
    return ''.join(f' {name}={quoteattr(value)}' for name, value in attributes.items())


class Deployment:
    """All services that the chosen rows need."""

    def __init__(self):
        self.services = {}

    def service(self, connector, apps, valves=None):
        """The service with this connector and these applications, made when first asked for."""
        key = json.dumps([connector, [repr(app) for app in apps], valves], sort_keys=True)
        if key not in self.services:
            self.services[key] = Service(len(self.services), connector, apps, valves or {})
        return self.services[key]

    def write(self, base, home, library):
        """Writes server.xml, the descriptors and the files into the folder `base`."""
        for name in ('apps', 'conf', 'logs', 'temp', 'webapps', 'work', 'none'):
            os.makedirs(os.path.join(base, name))
        configuration = next(
            (folder for folder in (os.path.join(home, 'conf'), os.path.join(home, 'etc')) if os.path.isdir(folder)))
        for name in ('catalina.properties', 'logging.properties'):
            shutil.copy(os.path.join(configuration, name), os.path.join(base, 'conf', name))
        texts = {
            'web.xml': WEB_APP + '</web-app>\n', 'context.xml': '<Context/>\n', 'server.xml': self.server_xml(base),
            'tomcat-users.xml': '<tomcat-users><user username="both" password="pw" roles="user"/></tomcat-users>\n'}
        for name, text in texts.items():
            with open(os.path.join(base, 'conf', name), 'w', encoding='utf-8') as file:
                file.write('<?xml version="1.0" encoding="UTF-8"?>\n' + text)
        for service in self.services.values():
            for number, app in enumerate(service.apps):
                write_app(os.path.join(base, 'apps', service.name, str(number)), app, library)

    def server_xml(self, base):
        for service, port in zip(self.services.values(), free_ports(len(self.services))):
            service.port = port
        services = ''.join(service.xml(base) for service in self.services.values())
        return f'<Server port="-1">\n{services}</Server>\n'


def free_ports(count):
    """Ports that nothing listens on, held together so that they differ."""
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def write_app(folder, app, library):
    os.makedirs(os.path.join(folder, 'WEB-INF', 'lib'))
    with open(os.path.join(folder, 'WEB-INF', 'web.xml'), 'w', encoding='utf-8') as file:
        servlets = '\n'.join(servlet.xml() for servlet in app.servlets)
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{WEB_APP}\n{servlets}\n{app.web_xml}\n</web-app>\n')
    if library and any(servlet.servlet_class != DEFAULT_SERVLET for servlet in app.servlets):
        link = os.path.join(folder, 'WEB-INF', 'lib', os.path.basename(library))
        os.link(library, link) if same_device(library, folder) else shutil.copy(library, link)
    for path, content in app.files.items():
        path = os.path.join(folder, path)
        if path.endswith('/'):
            os.makedirs(path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data, modified = content if isinstance(content, tuple) else (content, None)
        with open(path, 'wb') as file:
            file.write(data)
        if modified is not None:
            os.utime(path, (modified, modified))


def same_device(first, second):
    return os.stat(first).st_dev == os.stat(second).st_dev
