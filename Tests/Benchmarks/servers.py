"""The servers that are compared: each is set up in a directory of its own, on free loopback ports."""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOMCAT_HOME = pathlib.Path("/usr/share/tomcat10")
TOMCAT_CONF = pathlib.Path("/etc/tomcat10")
SERVLET_API = "/usr/share/java/tomcat10-servlet-api.jar"
FILES = {"10k.bin": 10 * 1024, "1m.bin": 1024 * 1024}
# Longer than any benchmark; for connectors whose connections stay open.
AGES = 3_600_000


class ServerError(Exception):
    """A server could not be set up or did not answer."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, headers=(), timeout=5):
    """Status, headers and body of an answer; the certificate is not looked at."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    request = urllib.request.Request(url, headers=dict(headers))
    with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:
        return answer.status, answer.headers, answer.read()


def make_shared(directory):
    """What all servers use: a certificate with its key, and the static files."""
    directory.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", directory / "key.pem", "-out", directory / "cert.pem"],
        check=True, capture_output=True)
    (directory / "files").mkdir()
    for name, size in FILES.items():
        (directory / "files" / name).write_bytes((bytes(range(256)) * (size // 256 + 1))[:size])


class Server:
    """One server: `http` and `https` are its addresses once it is set up, `pids` its processes once it runs."""

    name = ""

    def __init__(self, directory, shared):
        self.base = directory / self.name.lower()
        self.shared = shared
        self.port = free_port()
        self.tls_port = free_port()
        self.process = None
        self.base.mkdir()
        self.set_up()

    @property
    def http(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def https(self):
        return f"https://127.0.0.1:{self.tls_port}"

    @property
    def pids(self):
        return [self.process.pid]

    def set_up(self):
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def ready_url(self):
        return self.http + "/examples/servlets/hello"

    def start(self):
        with open(self.base / "console.log", "ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        for _ in range(3000):
            if self.process.poll() is not None:
                raise ServerError(f"{self.name} ended before it answered; see {self.base}/console.log")
            try:
                fetch(self.ready_url())
                return
            except OSError:
                time.sleep(0.1)
        raise ServerError(f"{self.name} does not answer {self.ready_url()}; see {self.base}")

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Container(Server):
    """What Caracal and Tomcat have in common: an instance made from a stock server.xml."""

    home = ROOT
    conf = ROOT / "conf"

    def set_up(self):
        self.shutdown_port = free_port()
        for folder in ("bin", "lib", "logs", "temp", "work"):
            (self.base / folder).mkdir()
        shutil.copytree(self.conf, self.base / "conf", symlinks=False, ignore_dangling_symlinks=True)
        # Debian's descriptors deploy applications from elsewhere.
        shutil.rmtree(self.base / "conf" / "Catalina", ignore_errors=True)
        self.set_up_webapps(self.base / "webapps")
        shutil.copytree(self.shared / "files", self.base / "webapps" / "files")
        self.configure("")

    def set_up_webapps(self, webapps):
        raise NotImplementedError

    def configure(self, connectors):
        """Writes server.xml: the stock one on our ports, with a TLS connector and those given."""
        text = (self.conf / "server.xml").read_text()
        text = text.replace('port="8080"', f'port="{self.port}" address="127.0.0.1"')
        text = text.replace('port="-1"', 'port="8005"').replace('port="8005"', f'port="{self.shutdown_port}"')
        tls = f"""<Connector port="{self.tls_port}" address="127.0.0.1" SSLEnabled="true"
            protocol="org.apache.coyote.http11.Http11NioProtocol"><SSLHostConfig protocols="TLSv1.3">
              <Certificate certificateFile="{self.shared}/cert.pem" certificateKeyFile="{self.shared}/key.pem"
                           type="RSA" /></SSLHostConfig></Connector>"""
        service = '<Service name="Catalina">'
        (self.base / "conf" / "server.xml").write_text(text.replace(service, service + tls + connectors))

    def environment(self):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("CATALINA_", "JAVA_OPTS", "JPDA_"))}
        environment |= {"CATALINA_HOME": str(self.home), "CATALINA_BASE": str(self.base),
                        "CATALINA_PID": str(self.base / "server.pid")}
        return environment

    def command(self):
        return [str(self.home / "bin" / "catalina.sh"), "run"]

    def start_time(self):
        """Seconds from the call of startup.sh to the whole first answer of the welcome page; stops the server again."""
        pid_file = self.base / "server.pid"
        pid_file.unlink(missing_ok=True)
        with open(self.base / "startup.log", "ab") as log:
            began = time.perf_counter()
            script = subprocess.Popen([str(self.home / "bin" / "startup.sh")], env=self.environment(),
                                      stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            took = self.first_answer(began)
            script.wait(60)
        self.end(int(pid_file.read_text()))
        if took is None:
            raise ServerError(f"{self.name} did not answer within two minutes; see {self.base}/logs")
        return took

    def end(self, pid):
        """Ends a process that is not our child; startup.sh left it behind."""
        os.kill(pid, signal.SIGTERM)
        for _ in range(200):
            if not os.path.exists(f"/proc/{pid}"):
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)

    def first_answer(self, began):
        while time.perf_counter() - began < 120:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    answer = b""
                    while data := connection.recv(65536):
                        answer += data
                    if answer.startswith(b"HTTP/1.1 200"):
                        return time.perf_counter() - began
            except OSError:
                pass
            time.sleep(0.001)
        return None


class Caracal(Container):
    name = "Caracal"

    def set_up_webapps(self, webapps):
        shutil.copytree(ROOT / "webapps", webapps)

    def admin_password(self):
        """What the repository made up at its first start."""
        for path in sorted((self.base / "data").rglob("*password*")):
            return path.read_text().strip().splitlines()[-1].split()[-1]
        raise ServerError(f"there is no password file below {self.base}/data")


class Tomcat(Container):
    name = "Tomcat"
    home = TOMCAT_HOME
    conf = TOMCAT_CONF

    def set_up_webapps(self, webapps):
        shutil.copytree(ROOT / "webapps" / "ROOT", webapps / "ROOT")
        classes = webapps / "examples" / "WEB-INF" / "classes"
        classes.mkdir(parents=True)
        shutil.copy(HERE / "tomcat" / "web.xml", classes.parent)
        sources = sorted(str(path) for path in (HERE / "tomcat").glob("*.java"))
        subprocess.run(["javac", "--release", "11", "-cp", SERVLET_API, "-d", str(classes), *sources], check=True)


class Nginx(Server):
    name = "nginx"

    def set_up(self):
        answer = 'default_type text/plain; return 200 "Hello, world!";'
        (self.base / "nginx.conf").write_text(f"""daemon off;
worker_processes 2;
pid {self.base}/nginx.pid;
error_log {self.base}/error.log;
{'user root;' if os.getuid() == 0 else ''}
events {{ worker_connections 2048; }}
http {{
    sendfile on;
    tcp_nopush on;
    access_log {self.base}/access.log;
    client_body_temp_path {self.base}/body;
    proxy_temp_path {self.base}/proxy;
    fastcgi_temp_path {self.base}/fastcgi;
    uwsgi_temp_path {self.base}/uwsgi;
    scgi_temp_path {self.base}/scgi;
    server {{
        listen 127.0.0.1:{self.port};
        root {self.shared};
        location = /examples/servlets/hello {{ {answer} }}
    }}
    server {{
        listen 127.0.0.1:{self.tls_port} ssl;
        ssl_certificate {self.shared}/cert.pem;
        ssl_certificate_key {self.shared}/key.pem;
        ssl_protocols TLSv1.3;
        location = /examples/servlets/hello {{ {answer} }}
    }}
}}
""")

    def command(self):
        return ["nginx", "-p", str(self.base), "-e", str(self.base / "error.log"), "-c", str(self.base / "nginx.conf")]

    @property
    def pids(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            return [self.process.pid, *map(int, file.read().split())]
