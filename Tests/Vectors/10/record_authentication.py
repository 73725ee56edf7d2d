#!/usr/bin/env python3
"""Records conversations about logging in with a real Tomcat, one a line: `recorded_authentication.jsonl`.

usage: record_authentication.py CATALINA_HOME DIRECTORY PORT > recorded_authentication.jsonl

Makes a CATALINA_BASE in DIRECTORY, starts the server at PORT and PORT+1 (whose redirectPort is 0), plays the conversations below
and stops it. Session ids become s1, s2, … in the order of their appearance; nonces and opaque strings become N and O.
"""
import hashlib, json, os, re, socket, subprocess, sys, time

FORM = ("<form-login-config><form-login-page>/login.html</form-login-page>"
        "<form-error-page>/error.html</form-error-page></form-login-config>")
MISSING = ("<form-login-config><form-login-page>/nologin.html</form-login-page>"
           "<form-error-page>/noerror.html</form-error-page></form-login-config>")
PACKAGE = "org.apache.catalina.authenticator."
# name: method, realm name, pages, valve (class, attributes), further elements of web.xml, attributes of Context
APPS = {
    "basic": ("BASIC", "My Realm", "", None, "<security-role><role-name>role1</role-name></security-role>", {}),
    "basicutf8": ("BASIC", None, "", ("BasicAuthenticator", {
        "charset": "UTF-8", "trimCredentials": "true", "securePagesWithPragma": "true"}), "", {}),
    "basicpre": ("BASIC", None, "", None, "", {"preemptiveAuthentication": "true"}),
    "basicalways": ("BASIC", None, "", ("BasicAuthenticator", {
        "alwaysUseSession": "true", "allowCorsPreflight": "always", "disableProxyCaching": "false"}), "", {}),
    "basicnocache": ("BASIC", None, "", ("BasicAuthenticator", {
        "cache": "false", "changeSessionIdOnAuthentication": "false"}), "", {}),
    "digest": ("DIGEST", "D", "", None, "", {}),
    "digestmd5": ("DIGEST", None, "", ("DigestAuthenticator", {
        "algorithms": "MD5", "validateUri": "false", "nonceCountWindowSize": "4", "nonceCacheSize": "2"}), "", {}),
    "form": ("FORM", None, FORM, None, "", {}),
    "formland": ("FORM", None, FORM, ("FormAuthenticator", {
        "landingPage": "/p/show.jsp", "characterEncoding": "UTF-8", "authenticationSessionTimeout": "77"}), "", {}),
    "formnocache": ("FORM", None, FORM, ("FormAuthenticator", {"cache": "false"}), "", {}),
    "formsameid": ("FORM", None, FORM, ("FormAuthenticator", {"changeSessionIdOnAuthentication": "false"}), "", {}),
    "formnopage": ("FORM", None, "", None, "", {}),
    "formmiss": ("FORM", None, MISSING, None, "", {}),
    "cert": ("CLIENT-CERT", None, "", None, "", {}),
    "none": (None, None, "", None, "", {}),
    "deny": ("BASIC", None, "", None, "<deny-uncovered-http-methods/>", {}),
    "valveonly": ("FORM", None, "", ("BasicAuthenticator", {}), "", {}),
    "lockout": ("BASIC", None, "", None, "", {}),
}
CONSTRAINTS = """
 <security-constraint><web-resource-collection><web-resource-name>p</web-resource-name><url-pattern>/p/*</url-pattern>
  </web-resource-collection><auth-constraint><role-name>role1</role-name></auth-constraint></security-constraint>
 <security-constraint><web-resource-collection><web-resource-name>q</web-resource-name><url-pattern>/q/*</url-pattern>
  <http-method>POST</http-method></web-resource-collection><auth-constraint><role-name>**</role-name></auth-constraint></security-constraint>
 <security-constraint><web-resource-collection><web-resource-name>s</web-resource-name><url-pattern>/secure/*</url-pattern>
  </web-resource-collection><user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee></user-data-constraint></security-constraint>
 <security-constraint><web-resource-collection><web-resource-name>n</web-resource-name><url-pattern>/none/*</url-pattern>
  </web-resource-collection><auth-constraint/></security-constraint>
 <security-constraint><web-resource-collection><web-resource-name>any</web-resource-name><url-pattern>/any/*</url-pattern>
  </web-resource-collection><auth-constraint><role-name>*</role-name></auth-constraint></security-constraint>
"""
SHOW = """<%@page session="false"%><% byte[] b=request.getInputStream().readAllBytes();
 jakarta.servlet.http.HttpSession s=request.getSession(false);
%>m=<%=request.getMethod()%> u=<%=request.getRemoteUser()%> a=<%=request.getAuthType()%> q=<%=request.getQueryString()%><%
%> ct=<%=request.getContentType()%> b=<%=new String(b,"ISO-8859-1")%> i=<%=s==null?-9:s.getMaxInactiveInterval()%><%
%> x=<%=request.getHeader("x-test")%> ims=<%=request.getHeader("if-modified-since")%> inm=<%=request.getHeader("if-none-match")%><%
%> r1=<%=request.isUserInRole("role1")%> star=<%=request.isUserInRole("*")%> any=<%=request.isUserInRole("**")%>"""
DO = """<%@page session="false"%><% String w=request.getParameter("do"); String o=""; try {
 if("login".equals(w)) {request.login(request.getParameter("u"),request.getParameter("p")); o="in";}
 if("logout".equals(w)) {request.logout(); o="out";}
 if("auth".equals(w)) o=""+request.authenticate(response);
 if("session".equals(w)) o=""+(request.getSession()!=null);
 if("invalidate".equals(w)) {request.getSession().invalidate(); o="ended";}
 if("idle".equals(w)) {request.getSession().setMaxInactiveInterval(1); o="idle";}
 if("rotate".equals(w)) {request.changeSessionId(); o="rotated";}
} catch(jakarta.servlet.ServletException e){o=e.getMessage();}
%>o=<%=o%> u=<%=request.getRemoteUser()%> a=<%=request.getAuthType()%>"""
USERS = """<tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
 <role rolename="role1"/><role rolename="role2"/><group groupname="g" roles="role2"/>
 <user username="user1" password="pass1" roles="role1"/><user username="user2" password="pass2" groups="g"/>
 <user username="müller" password="pässwort" roles="role1"/><user username="locked" password="right" roles="role1"/>
</tomcat-users>"""
LOCKOUT = """<Realm className="org.apache.catalina.realm.LockOutRealm" failureCount="3">
 <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/></Realm>"""
SERVER = """<Server port="-1"><GlobalNamingResources><Resource name="UserDatabase" auth="Container"
 type="org.apache.catalina.UserDatabase" factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml"/>
 </GlobalNamingResources><Service name="Catalina">
 <Connector port="%d" address="127.0.0.1" redirectPort="31443" maxSavePostSize="64"/>
 <Connector port="%d" address="127.0.0.1" redirectPort="0"/>
 <Engine name="Catalina" defaultHost="localhost">
 <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>
 <Host name="localhost" appBase="webapps" autoDeploy="false"/></Engine></Service></Server>"""


def basic(user, password, charset="utf-8", scheme="Basic"):
    import base64
    return ["Authorization", scheme + " " + base64.b64encode(f"{user}:{password}".encode(charset)).decode()]


def get(target, *headers, **more): return dict(method="GET", target=target, headers=list(headers), **more)
def post(target, body="", *headers, **more):
    type = more.pop("type", "application/x-www-form-urlencoded")
    return dict(method="POST", target=target, headers=([["Content-Type", type]] if type else []) + list(headers), body=body, **more)
def login(user, password, **more): return post("/j_security_check", f"j_username={user}&j_password={password}", **more)
def digest(target, user="user1", password="pass1", algorithm="SHA-256", nc="00000001", **more):
    return dict(method="GET", target=target, headers=[], digest=dict(user=user, password=password, algorithm=algorithm, nc=nc, **more))


PAGE = "/p/show.jsp"
PREFLIGHT = (["Origin", "http://example.com"], ["Access-Control-Request-Method", "GET"])
TALKS = [
    ("basic", "asked, refused, accepted", [get(PAGE), get(PAGE, basic("user1", "wrong")), get(PAGE, basic("user1", "pass1"))]),
    ("basic", "a user without the role", [get(PAGE, basic("user2", "pass2"))]),
    ("basic", "HEAD and POST", [dict(method="HEAD", target=PAGE, headers=[]), post(PAGE, "a=b"), post(PAGE, "a=b", basic("user1", "pass1"))]),
    ("basic", "credentials of other kinds", [get(PAGE, ["Authorization", "Basic"]), get(PAGE, ["Authorization", "Basic !!"]),
        get(PAGE, ["Authorization", "Digest username=\"user1\""]), get(PAGE, basic("user1", "pass1", scheme="bAsIc"))]),
    ("basic", "credentials without a colon", [get(PAGE, ["Authorization", "Basic dXNlcjE="])]),
    ("basic", "blanks are part of credentials", [get(PAGE, basic(" user1 ", "pass1"))]),
    ("basic", "credentials are ISO-8859-1", [get(PAGE, basic("müller", "pässwort")), get(PAGE, basic("müller", "pässwort", "latin-1"))]),
    ("basicutf8", "charset and trimming", [get(PAGE), get(PAGE, basic("müller", "pässwort")), get(PAGE, basic(" user1 ", " pass1 "))]),
    ("basic", "constraints of one method", [get("/q/show.jsp"), post("/q/show.jsp"), post("/q/show.jsp", "", basic("user2", "pass2")),
        dict(method="HEAD", target="/q/show.jsp", headers=[])]),
    ("basic", "nobody may pass", [get("/none/show.jsp"), get("/none/show.jsp", basic("user1", "pass1"))]),
    ("basic", "any declared role", [get("/any/show.jsp"), get("/any/show.jsp", basic("user1", "pass1")), get("/any/show.jsp", basic("user2", "pass2"))]),
    ("none", "any declared role where none is declared", [get("/any/show.jsp"), get("/any/show.jsp", basic("user1", "pass1"))]),
    ("basic", "only over TLS", [get("/secure/show.jsp"), get("/secure/show.jsp?a=b&c"), get("/secure/show.jsp;jsessionid=ABC?x"), post("/secure/show.jsp", "a=b"),
        get("/secure/show.jsp", port=1), get("/secure/")]),
    ("basic", "open pages look at no credentials", [get("/show.jsp", basic("user1", "pass1"))]),
    ("basic", "a session remembers the user, under a new id", [get("/do.jsp?do=session"), get(PAGE, basic("user1", "pass1")), get(PAGE), get("/show.jsp"),
        get("/do.jsp?do=logout"), get(PAGE)]),
    ("lockout", "a locked user", [get(PAGE, basic("locked", "w")), get(PAGE, basic("locked", "w")), get(PAGE, basic("LOCKED", "w")), get(PAGE, basic("locked", "right"))]),
    ("basicpre", "credentials are checked unasked", [get("/show.jsp"), get("/show.jsp", basic("user1", "pass1")), get("/show.jsp", basic("user1", "wrong"))]),
    ("basicalways", "always a session", [get(PAGE, basic("user1", "pass1")), get(PAGE)]),
    ("basicalways", "preflights pass", [dict(method="OPTIONS", target=PAGE, headers=list(PREFLIGHT)), dict(method="OPTIONS", target=PAGE, headers=[PREFLIGHT[0]])]),
    ("basic", "preflights do not pass", [dict(method="OPTIONS", target=PAGE, headers=list(PREFLIGHT))]),
    ("basicnocache", "nothing is remembered", [get("/do.jsp?do=session"), get(PAGE, basic("user1", "pass1")), get(PAGE)]),
    ("basic", "login and logout by the application", [get("/do.jsp?do=login&u=user1&p=pass1"), get("/do.jsp?do=login&u=user1&p=x"), get("/do.jsp?do=session"),
        get("/do.jsp?do=login&u=user1&p=pass1"), get("/do.jsp?do=login&u=user1&p=pass1"), get(PAGE), get("/do.jsp?do=logout"), get(PAGE)]),
    ("basic", "authenticate called by the application", [get("/do.jsp?do=auth"), get("/do.jsp?do=auth", basic("user1", "pass1"))]),
    ("none", "authenticate called where there is no login", [get("/do.jsp?do=auth")]),
    ("none", "login called where there is no login", [get("/do.jsp?do=session"), get("/do.jsp?do=login&u=user1&p=pass1"), get(PAGE), get("/any/show.jsp")]),
    ("none", "nobody can be asked", [get(PAGE), get("/secure/show.jsp"), get("/none/show.jsp"), post("/q/show.jsp")]),
    ("deny", "methods without a constraint are denied", [get("/q/show.jsp"), post("/q/show.jsp"), dict(method="PUT", target="/q/show.jsp", headers=[], body="x"), get("/show.jsp")]),
    ("valveonly", "the valve decides about the method", [get(PAGE), get(PAGE, basic("user1", "pass1"))]),
    ("cert", "no certificate", [get(PAGE), post("/q/show.jsp")]),
    ("digest", "asked and accepted", [get(PAGE), digest(PAGE), digest(PAGE, nc="00000002"), digest(PAGE, nc="00000002"), digest(PAGE, algorithm="MD5", nc="00000001")]),
    ("digest", "refused", [get(PAGE), digest(PAGE, password="x"), digest(PAGE, user="nobody"), digest(PAGE, user="user2", password="pass2"),
        digest(PAGE, opaque="x"), digest(PAGE, realm="x"), digest(PAGE, nonce="1:2"), digest(PAGE, nonce="x"), digest(PAGE, qop="auth-int"), digest(PAGE, qop=None),
        digest(PAGE, nc="1"), digest(PAGE, nc="000000001"), digest(PAGE, nc="000001"), digest(PAGE, uri="/x"), digest(PAGE, nc="zzzzzzzz"), digest(PAGE, nc="00001000")]),
    ("digest", "algorithms", [get(PAGE), digest(PAGE, algorithm="SHA-512-256"), digest(PAGE, algorithm=None), digest(PAGE, algorithm="X"), digest(PAGE, algorithm="md5")]),
    ("digest", "the URI with scheme and host", [get(PAGE + "?a=b"), digest(PAGE + "?a=b"), digest(PAGE + "?a=b", nc="00000002", uri="absolute"), digest(PAGE + "?a=b", nc="00000003", uri="noquery")]),
    ("digest", "names beyond ASCII", [get(PAGE), digest(PAGE, user="müller", password="pässwort")]),
    ("digest", "a session does not remember the user", [get("/do.jsp?do=session"), get(PAGE), digest(PAGE), get(PAGE)]),
    ("digestmd5", "settings", [get(PAGE), digest(PAGE, algorithm="MD5", uri="/x"), digest(PAGE, algorithm="SHA-256"), digest(PAGE, algorithm="MD5", nc="00000005"),
        digest(PAGE, algorithm="MD5", nc="00000003")]),
    ("digestmd5", "a nonce that was forgotten is stale", [get(PAGE, keep=True), get(PAGE, keep=False), get(PAGE, keep=False), digest(PAGE, algorithm="MD5")]),
    ("form", "asked, refused, accepted", [get(PAGE + "?a=b", ["X-Test", "1"], ["If-Modified-Since", "Sat, 21 Nov 2026 03:56:35 GMT"], ["If-None-Match", "\"x\""]), login("user1", "wrong"),
        get(PAGE + "?a=b"), login("user1", "pass1"), get(PAGE + "?a=b"), get(PAGE), login("user1", "pass1")]),
    ("form", "the saved request is restored", [get(PAGE + "?a=b", ["X-Test", "1"], ["If-Modified-Since", "Sat, 21 Nov 2026 03:56:35 GMT"], ["If-None-Match", "\"x\""]), login("user1", "pass1"),
        get(PAGE + "?a=b", ["X-Test", "2"]), get(PAGE + "?a=b", ["X-Test", "3"])]),
    ("form", "a saved POST is restored", [post(PAGE, "a=b&c=d", ["If-None-Match", "\"x\""]), login("user1", "pass1"), get(PAGE)]),
    ("form", "a saved POST without a type", [post(PAGE, "abc", type=None), login("user1", "pass1"), get(PAGE)]),
    ("form", "a saved PUT to a page whose GET is open", [post("/q/show.jsp", "abc", type="text/plain"), login("user2", "pass2"), get("/q/show.jsp")]),
    ("form", "a body that is too large to save", [post(PAGE, "x" * 65), post(PAGE, "x" * 64)]),
    ("form", "a user without the role", [get(PAGE), login("user2", "pass2"), get(PAGE)]),
    ("form", "HTTP/1.0", [get(PAGE, http="1.0"), login("user1", "pass1", http="1.0")]),
    ("form", "no session", [login("user1", "pass1"), login("user1", "wrong")]),
    ("form", "a session that was not made for the login", [get("/do.jsp?do=session"), login("user1", "pass1"), get("/do.jsp?do=session")]),
    ("form", "the form sent by GET", [get(PAGE), get("/j_security_check?j_username=user1&j_password=pass1"), get("/j_security_check")]),
    ("form", "the form sent below a folder", [get(PAGE), post("/p/j_security_check", "j_username=user1&j_password=pass1"), get(PAGE)]),
    ("form", "fields missing", [get(PAGE), post("/j_security_check", "j_username=user1"), post("/j_security_check", "j_password=pass1"), post("/j_security_check", "")]),
    ("form", "another page than the saved one", [get(PAGE), login("user1", "pass1"), get("/p/other.jsp"), get(PAGE)]),
    ("form", "an earlier session is kept and gets a new id", [get("/do.jsp?do=session"), get(PAGE), login("user1", "pass1"), get(PAGE), get("/do.jsp?do=logout"), get(PAGE)]),
    ("form", "login called by the application", [get("/do.jsp?do=login&u=user1&p=pass1"), get("/do.jsp?do=auth")]),
    ("form", "nobody may pass", [get("/none/show.jsp"), get("/secure/show.jsp")]),
    ("formland", "the landing page without a session", [login("user1", "pass1"), get(PAGE), login("user1", "pass1"), get(PAGE)]),
    ("formland", "charset and time-out", [get(PAGE), login("m%C3%BCller", "p%C3%A4sswort"), get(PAGE)]),
    ("formnocache", "name and password are kept instead of the user", [get(PAGE), login("user1", "pass1"), get(PAGE), get(PAGE), get("/show.jsp")]),
    ("formsameid", "the session keeps its id", [get(PAGE), login("user1", "pass1"), get(PAGE), get(PAGE)]),
    ("formnopage", "no login page", [get(PAGE), login("user1", "wrong")]),
    ("formmiss", "a login page that is not there", [get(PAGE), login("user1", "wrong")]),
]


class Server:
    def __init__(self, home, base, port):
        self.home, self.base, self.port = home, base, port
        self.write("conf/server.xml", SERVER % (port, port + 1))
        self.write("conf/tomcat-users.xml", USERS)
        self.write("conf/context.xml", "<Context/>")
        for name in ("web.xml", "catalina.properties"):
            with open(os.path.join("/etc/tomcat10", name)) as file: self.write("conf/" + name, file.read())
        for folder in ("logs", "temp", "work"): os.makedirs(os.path.join(base, folder), exist_ok=True)
        for name, app in APPS.items(): self.application(name, *app)

    def write(self, path, text):
        path = os.path.join(self.base, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file: file.write(text)

    def application(self, name, method, realm, pages, valve, further, context):
        folder = "webapps/" + name
        for path in ("show.jsp", "p/show.jsp", "p/other.jsp", "q/show.jsp", "secure/show.jsp", "none/show.jsp", "any/show.jsp"):
            self.write(f"{folder}/{path}", SHOW)
        self.write(folder + "/do.jsp", DO)
        self.write(folder + "/login.html", "LOGIN PAGE")
        self.write(folder + "/error.html", "ERROR PAGE")
        login = f"<login-config><auth-method>{method}</auth-method>" if method else ""
        if method and realm: login += f"<realm-name>{realm}</realm-name>"
        if method: login += pages + "</login-config>"
        self.write(folder + "/WEB-INF/web.xml", '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">'
                   + CONSTRAINTS + login + further + "</web-app>")
        attributes = "".join(f' {key}="{value}"' for key, value in context.items())
        inner = ""
        if valve: inner = f'<Valve className="{PACKAGE}{valve[0]}"' + "".join(f' {k}="{v}"' for k, v in valve[1].items()) + "/>"
        if name == "lockout": inner = LOCKOUT
        self.write(folder + "/META-INF/context.xml", f"<Context{attributes}>{inner}</Context>")

    def run(self, *command):
        environment = dict(os.environ, CATALINA_HOME=self.home, CATALINA_BASE=self.base, CATALINA_PID=self.base + "/pid", JAVA_OPTS="-Xmx256m")
        subprocess.run([self.home + "/bin/catalina.sh", *command], env=environment, check=True, stdout=subprocess.DEVNULL)

    def start(self):
        self.run("start")
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port + 1), 1).close()
                return
            except OSError: time.sleep(0.2)
        sys.exit("the server does not start")


class Talk:
    def __init__(self, server, app):
        self.server, self.app, self.session, self.labels, self.challenge = server, app, None, {}, None

    def authorization(self, step, target):
        wish = step["digest"]
        parts = dict(re.findall(r'(\w+)="([^"]*)"', self.challenge or ""))
        algorithm = wish["algorithm"]
        make = {"SHA-256": hashlib.sha256, "SHA-512-256": lambda b: hashlib.new("sha512_256", b)}.get(algorithm, hashlib.md5)
        hash = lambda text: make(text.encode("utf-8")).hexdigest()
        uri = wish.get("uri", target)
        if uri == "absolute": uri = "http://localhost" + target
        if uri == "noquery": uri = target.split("?")[0]
        realm, nonce, opaque = wish.get("realm", parts["realm"]), wish.get("nonce", parts["nonce"]), wish.get("opaque", parts["opaque"])
        qop, nc = wish.get("qop", "auth"), wish["nc"]
        user = hash(f'{wish["user"]}:{realm}:{wish["password"]}')
        response = hash(f"{user}:{nonce}:{nc}:abc:{qop}:" + hash(f'{step["method"]}:{uri}'))
        text = f'Digest username="{wish["user"]}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", opaque="{opaque}", nc={nc}, cnonce="abc"'
        if qop: text += f", qop={qop}"
        if algorithm: text += f", algorithm={algorithm}"
        return text

    def play(self, step):
        target = f"/{self.app}" + step["target"]
        http = step.get("http", "1.1")
        host = [] if any(name == "Host" for name, _ in step["headers"]) else ["Host: localhost"]
        lines = [f'{step["method"]} {target} HTTP/{http}', *host, "Connection: close"]
        lines += [f"{name}: {value}" for name, value in step["headers"]]
        if "digest" in step: lines.append("Authorization: " + self.authorization(step, target))
        if self.session: lines.append("Cookie: JSESSIONID=" + self.session)
        body = step.get("body")
        if body is not None: lines.append(f"Content-Length: {len(body)}")
        connection = socket.create_connection(("127.0.0.1", self.server.port + step.get("port", 0)), 20)
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode("utf-8"))
        data = b""
        while piece := connection.recv(65536): data += piece
        connection.close()
        return self.answer(data.decode("utf-8"), step)

    def answer(self, text, step):
        head, _, body = text.partition("\r\n\r\n")
        lines = head.split("\r\n")
        fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
        first = lambda name: next((value for key, value in fields if key.lower() == name), None)
        if first("transfer-encoding") == "chunked":
            pieces = ""
            while body:
                size, _, body = body.partition("\r\n")
                pieces, body = pieces + body[:int(size, 16)], body[int(size, 16) + 2:]
            body = pieces
        answer = {"status": int(lines[0].split(" ")[1])}
        for name in ("cache-control", "pragma", "expires", "location"):
            if first(name): answer[name] = self.label(first(name))
        challenges = [value for key, value in fields if key.lower() == "www-authenticate"]
        if challenges:
            if step.get("keep", True) : self.challenge = challenges[0]
            answer["www-authenticate"] = [re.sub(r'opaque="\w+"', 'opaque="O"', re.sub(r'nonce="[^"]*"', 'nonce="N"', c)) for c in challenges]
        cookies = [value for key, value in fields if key.lower() == "set-cookie"]
        if cookies:
            answer["set-cookie"] = [self.label(cookie) for cookie in cookies]
            for cookie in cookies:
                found = re.match(r"JSESSIONID=(\w+)", cookie)
                if found: self.session = found.group(1)
        message = re.search(r"<p><b>Message</b> (.*?)</p>", body, re.S)
        if message: answer["message"] = message.group(1).replace("&#47;", "/")
        elif "<h1>" not in body: answer["body"] = body.strip()
        return answer

    def label(self, text):
        for id in re.findall(r"\b[0-9A-F]{32}\b", text):
            self.labels.setdefault(id, f"s{len(self.labels) + 1}")
            text = text.replace(id, self.labels[id])
        return text


def main():
    home, base, port = sys.argv[1:]
    server = Server(home, os.path.abspath(base), int(port))
    server.start()
    try:
        for app, name, steps in TALKS:
            talk = Talk(server, app)
            rows = [dict(step, answer=talk.play(step)) for step in steps]
            method, realm, pages, valve, further, context = APPS[app]
            settings = dict(name=app, method=method, realm=realm, pages={FORM: "there", MISSING: "missing"}.get(pages),
                            valve=valve and dict(className=PACKAGE + valve[0], attributes=valve[1]),
                            deniesUncovered="deny-uncovered" in further, context=context)
            print(json.dumps(dict(name=f"{app}: {name}", app=settings, steps=rows), ensure_ascii=True))
    finally:
        server.run("stop", "5", "-force")


if __name__ == "__main__": main()
