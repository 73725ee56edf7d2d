#!/usr/bin/env python3
"""Records conversations with several applications under one SingleSignOn with a real Tomcat: `recorded_single_sign_on.jsonl`.

usage: record_single_sign_on.py CATALINA_HOME DIRECTORY PORT > recorded_single_sign_on.jsonl

As record_authentication.py, but each step names its application, and the client keeps cookies by their path. A step may wait
some milliseconds before it.
"""
import json, os, re, sys, time
import record_authentication as one
from record_authentication import PAGE, basic, get, login, post

P = one.PACKAGE
# The valve of each host.
HOSTS = {
    "localhost": {},
    "again": {"requireReauthentication": "true"},
    "named": {"cookieName": "ONE", "cookieDomain": "example.org"},
}
def mode(name, kind="Basic"): return (kind + "Authenticator", {"ssoReauthenticationMode": name})
APPS = {
    "basic": ("BASIC", None, "", None, "", {}),
    "basic2": ("BASIC", None, "", None, "", {}),
    "form": ("FORM", None, one.FORM, None, "", {}),
    "digest": ("DIGEST", None, "", None, "", {}),
    "none": (None, None, "", None, "", {}),
    "nocache": ("BASIC", None, "", ("BasicAuthenticator", {"cache": "false"}), "", {}),
    "principal": ("BASIC", None, "", mode("PRINCIPAL"), "", {}),
    "password": ("BASIC", None, "", mode("PASSWORD"), "", {}),
    "full": ("BASIC", None, "", mode("FULL"), "", {}),
    "formfull": ("FORM", None, one.FORM, mode("FULL", "Form"), "", {}),
    "digestpass": ("DIGEST", None, "", mode("password", "Digest"), "", {}),
    "plaincookie": ("BASIC", None, "", None, "<session-config><cookie-config><http-only>false</http-only></cookie-config></session-config>",
                    {"useHttpOnly": "false"}),
    "parted": ("BASIC", None, "", None, "", {"usePartitioned": "true"}),
}
USER1, USER2 = basic("user1", "pass1"), basic("user2", "pass2")


def at(app, step, wait=0, **more): return dict(step, app=app, wait=wait, **more)
def do(app, what, **more): return at(app, get("/do.jsp?do=" + what), **more)
def digest(app, **more): return at(app, one.digest(PAGE, **more))
def form_login(app): return [at(app, get(PAGE)), at(app, login("user1", "pass1")), at(app, get(PAGE))]
IN = at("basic", get(PAGE, USER1))


def page(app, **more): return at(app, get(PAGE), **more)
TALKS = [
    ("localhost", "known to the others", [IN, page("form"), page("digest"), page("none"), at("basic2", get("/show.jsp")), page("basic2"), page("basic")]),
    ("localhost", "from a form to BASIC", form_login("form") + [page("basic"), at("basic", get("/show.jsp")), page("form")]),
    ("localhost", "a user without the role", [at("basic", get(PAGE, USER2)), page("form"), at("form", get("/any/show.jsp")), at("form", post("/q/show.jsp"))]),
    ("localhost", "logout ends all", [IN, page("form"), page("basic2"), do("form", "logout"), page("form"), page("basic"), page("basic2")]),
    ("localhost", "logout where nobody has asked", [IN, do("form", "logout"), page("basic"), page("form")]),
    ("localhost", "the end of a session ends all", [IN, page("form"), do("basic", "invalidate"), page("basic"), page("form")]),
    ("localhost", "the end of a session that is no part of it", [IN, do("form", "session"), do("form", "invalidate"), page("basic2")]),
    ("localhost", "time ends a session alone", [IN, page("form"), do("basic", "idle"), page("basic", wait=1300), page("form"), do("basic", "logout"), page("form")]),
    ("localhost", "time ends the last session", [IN, do("basic", "idle"), page("basic", wait=1300), page("basic2")]),
    ("localhost", "a cookie that nobody knows", [at("basic", get("/show.jsp", ["Cookie", "JSESSIONIDSSO=ABC"])), at("basic", get(PAGE, USER1, ["Cookie", "JSESSIONIDSSO=ABC"])),
        page("form")]),
    ("localhost", "login called by the application", [do("basic", "login&u=user1&p=pass1"), page("form"), do("form", "login&u=user2&p=pass2"), do("form", "logout"), page("basic"),
        do("basic", "login&u=user2&p=pass2"), page("form")]),
    ("localhost", "authenticate called by the application", [do("basic", "auth"), IN, do("form", "auth"), do("none", "auth"), do("none", "logout"), page("basic")]),
    ("localhost", "DIGEST before BASIC", [page("digest"), digest("digest"), page("basic"), page("form"), at("basic", get(PAGE, USER1)), do("basic", "logout"), page("digest")]),
    ("localhost", "a session gets another id", [IN, page("form"), do("form", "rotate"), do("basic", "logout"), page("form")]),
    ("localhost", "a session is there before", [do("basic", "session"), do("form", "session"), IN, page("form"), do("form", "invalidate"), page("basic")]),
    ("localhost", "nothing is remembered", [at("nocache", get(PAGE, USER1)), page("nocache"), page("basic"), do("nocache", "logout"), page("basic")]),
    ("localhost", "modes", [IN, page("principal"), page("password"), page("full"), page("formfull"), page("digestpass"), at("full", get(PAGE, USER1)), page("full")]),
    ("localhost", "modes after DIGEST", [page("digest"), digest("digest"), page("principal"), page("password"), page("full"), at("password", get(PAGE, USER1)), page("digestpass")]),
    ("localhost", "a full login by form", [IN] + form_login("formfull") + [page("formfull"), do("formfull", "logout"), page("basic")]),
    ("localhost", "cookies that scripts may read", [at("plaincookie", get(PAGE, USER1)), at("plaincookie", get("/show.jsp", ["Cookie", "JSESSIONIDSSO=ABC"]))]),
    ("localhost", "cookies of a part", [at("parted", get(PAGE, USER1)), at("parted", get("/show.jsp", ["Cookie", "JSESSIONIDSSO=ABC"]))]),
    ("again", "known to the others", [IN, page("form"), page("digest"), page("none"), at("basic2", get("/show.jsp")), page("basic2"), page("basic")]),
    ("again", "from a form to BASIC", form_login("form") + [page("form"), page("basic"), at("form", get("/show.jsp"))]),
    ("again", "logout ends all", [IN, page("form"), do("form", "logout"), page("form"), page("basic")]),
    ("again", "DIGEST before BASIC", [page("digest"), digest("digest"), page("basic"), at("basic", get(PAGE, USER1)), page("basic2"), page("form")]),
    ("again", "modes", [IN, page("principal"), page("password"), page("full"), page("formfull"), page("digestpass")]),
    ("named", "name and domain", [at("basic", get(PAGE, USER1)), page("form"), do("form", "logout"), page("basic"), at("basic", get("/show.jsp", ["Cookie", "ONE=ABC"]))]),
]


class Server(one.Server):
    def __init__(self, home, base, port):
        one.APPS = APPS
        hosts = ""
        for name, attributes in HOSTS.items():
            text = "".join(f' {key}="{value}"' for key, value in attributes.items())
            hosts += f'<Host name="{name}" appBase="webapps" autoDeploy="false"><Valve className="{P}SingleSignOn"{text}/></Host>'
        one.SERVER = one.SERVER.replace('<Host name="localhost" appBase="webapps" autoDeploy="false"/>', hosts)
        super().__init__(home, base, port)


class Talk(one.Talk):
    def __init__(self, server, host):
        super().__init__(server, None)
        self.host, self.jar = host, {}

    def play(self, step):
        time.sleep(step["wait"] / 1000)
        self.app = step["app"]
        own = [header for header in step["headers"] if header[0] == "Cookie"]
        cookies = [f"{name}={value}" for (path, name), value in sorted(self.jar.items()) if path in ("/", "/" + self.app)]
        headers = [header for header in step["headers"] if header[0] != "Cookie"] + [["Host", self.host]]
        if cookies or own: headers.append(["Cookie", "; ".join([header[1] for header in own] + cookies)])
        return super().play(dict(step, headers=headers))

    def answer(self, text, step):
        for line in text.partition("\r\n\r\n")[0].split("\r\n"):
            found = re.match(r"Set-Cookie: (\w+)=(\w*);.*Path=([^;]*)", line)
            if not found: continue
            name, value, path = found.groups()
            if "Max-Age=0" in line: self.jar.pop((path, name), None)
            else: self.jar[(path, name)] = value
        answer = super().answer(text, step)
        self.session = None
        return answer


def main():
    home, base, port = sys.argv[1:]
    server = Server(home, os.path.abspath(base), int(port))
    server.start()
    try:
        for host, name, steps in TALKS:
            talk = Talk(server, host)
            rows = [dict(step, answer=talk.play(step)) for step in steps]
            used = {step["app"] for step in steps}
            apps = [dict(name=app, method=method, realm=realm, pages="there" if pages else None,
                         valve=valve and dict(className=P + valve[0], attributes=valve[1]), deniesUncovered=False, context=context)
                    for app, (method, realm, pages, valve, further, context) in APPS.items() if app in used]
            print(json.dumps(dict(name=f"{host}: {name}", valve=HOSTS[host], apps=apps, steps=rows), ensure_ascii=True), flush=True)
    finally:
        server.run("stop", "5", "-force")


main()
