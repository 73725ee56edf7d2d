import CatalinaCore
import Modeler
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaManager

@Suite struct BeanCommandTests {
    @Test("the proxy answers as Tomcat's does", arguments: Vectors.rows("manager/jmxproxy.jsonl"))
    func recorded(row: VectorRow) async throws {
        let server = try await ManagedServer()
        var parameters = Parameters()
        for (name, value) in row["parameters"].object ?? [:] { parameters.append(name, value.string ?? "") }
        let text = await BeanCommand(parameters).answer(from: server.server.beans)
        row.expect(text, equals: try row.string("text"))
        try await server.server.stop()
    }

    @Test("the container's parts have Tomcat's names while they live")
    func names() async throws {
        let server = try await ManagedServer()
        let beans = server.server.beans
        let names = Set(await beans.query(try ObjectName("Catalina:*")).map(\.name.description))
        for name in [
            "Catalina:type=Server", "Catalina:type=Service", "Catalina:type=Engine", "Catalina:type=Mapper",
            "Catalina:type=Host,host=localhost", "Catalina:type=Deployer,host=localhost",
            "Catalina:type=Valve,name=StandardEngineValve",
            "Catalina:type=Valve,host=localhost,name=StandardHostValve",
            "Catalina:type=Valve,host=localhost,context=/t,name=StandardContextValve",
            "Catalina:type=Manager,host=localhost,context=/", "Catalina:type=Manager,host=localhost,context=/t",
            "Catalina:type=WebResourceRoot,host=localhost,context=/t",
            "Catalina:type=WebResourceRoot,host=localhost,context=/t,name=Cache",
            "Catalina:j2eeType=WebModule,name=//localhost/,J2EEApplication=none,J2EEServer=none",
            "Catalina:j2eeType=WebModule,name=//localhost/broken,J2EEApplication=none,J2EEServer=none",
            "Catalina:j2eeType=Servlet,WebModule=//localhost/t,name=default,J2EEApplication=none,J2EEServer=none",
            "Catalina:type=Environment,resourcetype=Global,name=\"simpleValue\"",
            "Catalina:type=Resource,resourcetype=Global,class=org.apache.catalina.UserDatabase,name=\"UserDatabase\"",
        ] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(!names.contains("Catalina:type=Manager,host=localhost,context=/broken"))
        _ = try await server.text("/stop", ["path": "/t"])
        #expect(await beans.query(try ObjectName("Catalina:host=localhost,context=/t,*")).isEmpty)
        #expect(await beans.query(try ObjectName("Catalina:WebModule=//localhost/t,*")).isEmpty)
        _ = try await server.text("/undeploy", ["path": "/t"])
        #expect(await beans.query(try ObjectName("Catalina:name=//localhost/t,*")).isEmpty)
        try await server.server.stop()
        try await server.server.destroy()
        #expect(beans.count == 0)
    }

    @Test("a connector's limits can be set while it serves, its sockets cannot")
    func connector() async throws {
        let server = try await ManagedServer(isServing: true)
        let beans = server.server.beans
        let name = try #require(await beans.query(try ObjectName("Catalina:type=Connector,*")).first?.name.description)
        func set(_ attribute: String, _ value: String) async -> String {
            var parameters = Parameters()
            for (key, value) in [("set", name), ("att", attribute), ("val", value)] { parameters.append(key, value) }
            return await BeanCommand(parameters).answer(from: beans)
        }
        #expect(try await server.http("TRACE", "/manager/text/list").status == 405)
        #expect(await set("allowTrace", "true") == "OK - Attribute set\n")
        #expect(try await server.http("TRACE", "/manager/text/list").status == 200)
        #expect(
            await set("maxPostSize", "abc") == "Error - java.lang.NumberFormatException: For input string: \"abc\"\n"
        )
        #expect(await set("maxPostSize", "5") == "OK - Attribute set\n")
        #expect(try await server.http("GET", "/manager/text/list").status == 200)
        for attribute in ["port", "acceptCount", "address", "executor", "ciphers", "localPort"] {
            #expect(
                await set(attribute, "1").hasPrefix("Error - javax.management.ReflectionException: Cannot find setter")
            )
        }
        try await server.server.stop()
    }

    @Test("what can be set of a connector through one of its beans holds for all of them, and at once")
    func limits() async throws {
        let server = try await ManagedServer(isServing: true)
        let beans = server.server.beans
        func name(_ type: String) async throws -> String {
            try #require(await beans.query(try ObjectName("Catalina:type=\(type),*")).first?.name.description)
        }
        func ask(_ parameters: [(String, String)]) async -> String {
            var given = Parameters()
            for (key, value) in parameters { given.append(key, value) }
            return await BeanCommand(given).answer(from: beans)
        }
        let names = [try await name("Connector"), try await name("ProtocolHandler"), try await name("ThreadPool")]
        let common = ["connectionTimeout", "keepAliveTimeout", "maxKeepAliveRequests", "maxThreads", "minSpareThreads"]
        for (index, attribute) in (common + ["tcpNoDelay", "maxConnections"]).enumerated() {
            let value = attribute == "tcpNoDelay" ? "false" : "\(60_000 + index)"
            let bean = names[index % names.count]
            #expect(
                await ask([("set", bean), ("att", attribute), ("val", value)]) == "OK - Attribute set\n",
                "\(attribute)"
            )
            for name in names {
                let shown = await ask([("get", name), ("att", attribute)])
                #expect(shown.hasSuffix("\(attribute) = \(value)\n"), "\(shown)")
            }
        }
        for attribute in ["maxHttpRequestHeaderSize", "relaxedQueryChars", "server", "restrictedUserAgents"] {
            let value = attribute.hasPrefix("max") ? "9000" : "|"
            let answer = await ask([("set", names[1]), ("att", attribute), ("val", value)])
            #expect(answer == "OK - Attribute set\n", "\(attribute): \(answer)")
        }
        let answer = try await server.http("GET", "/manager/text/list?|", ["User-Agent: x"])
        #expect(answer.status == 200 && answer.value("Server") == "|")
        #expect(
            await ask([("set", names[2]), ("att", "maxKeepAliveRequests"), ("val", "1")]) == "OK - Attribute set\n"
        )
        #expect(try await server.http("GET", "/manager/text/list").value("Connection") == "close")
        let bad = await ask([("set", names[1]), ("att", "restrictedUserAgents"), ("val", "(")])
        #expect(bad.hasPrefix("Error - ") && bad.contains("is not a regular expression"))
        try await server.server.stop()
    }

    @Test("what containers do by themselves can be set while they run")
    func containers() async throws {
        let server = try await ManagedServer()
        let beans = server.server.beans
        func set(_ name: String, _ attribute: String, _ value: String) async -> String {
            var given = Parameters()
            for (key, value) in [("set", name), ("att", attribute), ("val", value)] { given.append(key, value) }
            return await BeanCommand(given).answer(from: beans)
        }
        let context = try #require(server.host.child(named: "/t") as? StandardContext)
        let module = "Catalina:j2eeType=WebModule,name=//localhost/t,J2EEApplication=none,J2EEServer=none"
        let done = "OK - Attribute set\n"
        #expect(await set(module, "sessionTimeout", "7") == done)
        #expect(try context.manager?.createSession(nil).maxInactiveInterval == 420)
        #expect(await set(module, "sessionTimeout", "-1") == done)
        #expect(try context.manager?.createSession(nil).maxInactiveInterval == -1)
        #expect(await set(module, "sessionCookieName", "SID") == done)
        #expect(context.facts?.tracking.cookieName == "SID")
        #expect(await set("Catalina:type=Engine", "jvmRoute", "n1") == done)
        #expect(try context.manager?.createSession(nil).id.hasSuffix(".n1") == true)
        #expect(await set("Catalina:type=Engine", "defaultHost", "other") == done)
        #expect(server.host.engine?.hasDefaultHost == false)
        #expect(await set("Catalina:type=Engine", "startChildren", "false") == done)
        #expect(server.host.engine?.base.startsChildren == false)
        #expect(await set("Catalina:type=Engine", "name", "x").contains("Cannot find setter"))
        try await server.server.stop()
    }

    @Test("users, groups and roles are beans without passwords")
    func users() async throws {
        let server = try await ManagedServer()
        let text = await BeanCommand.query(pattern: "Users:*").answer(from: server.server.beans)
        #expect(
            text == """
                OK - Number of results: 4

                Name: Users:type=UserDatabase,database=UserDatabase\r
                modelerType: org.apache.catalina.mbeans.MemoryUserDatabaseMBean\r
                pathname: conf/tomcat-users.xml\r
                readonly: true\r
                writable: false\r
                users: Array[java.lang.String] of length 1\r
                \tUsers:type=User,username="admin",database=UserDatabase\r
                roles: Array[java.lang.String] of length 1\r
                \tUsers:type=Role,rolename="manager-gui",database=UserDatabase\r
                groups: Array[java.lang.String] of length 1\r
                \tUsers:type=Group,groupname="g1",database=UserDatabase\r
                \r
                Name: Users:type=Role,rolename="manager-gui",database=UserDatabase\r
                modelerType: org.apache.catalina.mbeans.RoleMBean\r
                rolename: manager-gui\r
                \r
                Name: Users:type=Group,groupname="g1",database=UserDatabase\r
                modelerType: org.apache.catalina.mbeans.GroupMBean\r
                groupname: g1\r
                roles: Array[java.lang.String] of length 1\r
                \tUsers:type=Role,rolename="manager-gui",database=UserDatabase\r
                users: Array[java.lang.String] of length 1\r
                \tUsers:type=User,username="admin",database=UserDatabase\r
                \r
                Name: Users:type=User,username="admin",database=UserDatabase\r
                modelerType: org.apache.catalina.mbeans.UserMBean\r
                username: admin\r
                roles: Array[java.lang.String] of length 1\r
                \tUsers:type=Role,rolename="manager-gui",database=UserDatabase\r
                groups: Array[java.lang.String] of length 1\r
                \tUsers:type=Group,groupname="g1",database=UserDatabase\r
                \r

                """
        )
        let user = "Users:type=User,username=\"admin\",database=UserDatabase"
        let refused = await BeanCommand.get(name: user, attribute: "password", key: nil).answer(
            from: server.server.beans
        )
        #expect(!refused.contains("secret"), "\(refused)")
        try await server.server.stop()
    }
}

@Suite struct BeanDumpTests {
    @Test(
        "a value with line feeds is folded",
        arguments: [
            ("plain", "plain"), ("a\nb", "a\\n\n b"), ("\n", "\\n\n "),
            (String(repeating: "x", count: 200), String(repeating: "x", count: 200)),
            (
                String(repeating: "x", count: 80) + "\ny",
                String(repeating: "x", count: 78) + "\n xx\\n\n y"
            ),
        ]
    )
    func folds(text: String, folded: String) {
        #expect(BeanDump.folded(text) == folded)
    }

    @Test(
        "values print as Tomcat prints them",
        arguments: [
            (BeanValue.strings(["a", "b"]), "Array[java.lang.String] of length 2\r\n\ta\r\n\tb"),
            (.strings([]), "Array[java.lang.String] of length 0"),
            (.composite([.init("used", .long(1)), .init("max", .int(2))]), "{used=1, max=2}"),
            (
                .table(type: "T", [.composite([.init("key", .string("k")), .init("value", .string("v"))])]),
                "TabularData[T] of length 1\r\n\t{key=k, value=v}"
            ),
        ]
    )
    func values(value: BeanValue, text: String) {
        #expect(BeanDump.text(of: value) == text)
    }

    @Test("JSON keeps numbers and booleans, and leaves out what is null")
    func json() {
        let bean = RegisteredBean(ScrapedBean(), as: ObjectName(safeDomain: "Catalina", [("type", "Scraped")]))
        #expect(
            BeanDump.json(of: [bean]) == """
                {"beans":[
                {"name":"Catalina:type=Scraped","modelerType":"org.apache.tomcat.util.modeler.BaseModelMBean",\
                "attributes":{"requestCount":7,"isUp":true,"load":0.5,"usage":{"used":1,"max":-1},"stateName":"a\\"b"}}
                ]}

                """
        )
    }
}

@Suite struct ExpositionTests {
    @Test(
        "names become words",
        arguments: [
            ("currentThreadsBusy", "current_threads_busy"), ("GlobalRequestProcessor", "global_request_processor"),
            ("sSLEnabled", "s_sl_enabled"), ("java.lang", "java_lang"), ("URIEncoding", "uri_encoding"),
            ("counterSend_EVT_SESSION_DELTA", "counter_send_evt_session_delta"), ("tcp2Count", "tcp2_count"),
        ]
    )
    func words(name: String, words: String) {
        #expect(Exposition.snakeCase(name) == words)
    }

    private var beans: [RegisteredBean] {
        [
            RegisteredBean(
                ScrapedBean(),
                as: ObjectName(safeDomain: "Catalina", [("type", "Scraped"), ("name", "\"http-nio-8080\"")])
            ),
            RegisteredBean(
                ScrapedBean(),
                as: ObjectName(
                    safeDomain: "Catalina",
                    [("j2eeType", "Servlet"), ("WebModule", "//localhost/a##2"), ("name", "x\"\n\\y")]
                        + [("J2EEApplication", "none"), ("J2EEServer", "none")]
                )
            ),
        ]
    }

    @Test("Prometheus gets each family once, with a sample for each bean")
    func prometheus() {
        #expect(
            Exposition.text(of: self.beans, .init(accept: "*/*")) == """
                # HELP tomcat_scraped_request_count_total Requests \\\\ served\\nso far
                # TYPE tomcat_scraped_request_count_total counter
                tomcat_scraped_request_count_total{name="http-nio-8080"} 7
                tomcat_scraped_request_count_total{host="localhost",context="/a##2",name="x\\"\\n\\\\y"} 7
                # HELP tomcat_scraped_is_up Whether it is up
                # TYPE tomcat_scraped_is_up gauge
                tomcat_scraped_is_up{name="http-nio-8080"} 1
                tomcat_scraped_is_up{host="localhost",context="/a##2",name="x\\"\\n\\\\y"} 1
                # HELP tomcat_scraped_load Share in use
                # TYPE tomcat_scraped_load gauge
                tomcat_scraped_load{name="http-nio-8080"} 0.5
                tomcat_scraped_load{host="localhost",context="/a##2",name="x\\"\\n\\\\y"} 0.5
                # HELP tomcat_scraped_usage_used Bytes
                # TYPE tomcat_scraped_usage_used gauge
                tomcat_scraped_usage_used{name="http-nio-8080"} 1
                tomcat_scraped_usage_used{host="localhost",context="/a##2",name="x\\"\\n\\\\y"} 1
                # HELP tomcat_scraped_usage_max Bytes
                # TYPE tomcat_scraped_usage_max gauge
                tomcat_scraped_usage_max{name="http-nio-8080"} -1
                tomcat_scraped_usage_max{host="localhost",context="/a##2",name="x\\"\\n\\\\y"} -1

                """
        )
    }

    @Test("OpenMetrics names a counter without its ending, and says where it ends")
    func openMetrics() {
        let format = Exposition.Format(accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
        let text = Exposition.text(of: Array(self.beans.prefix(1)), format)
        #expect(format.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(
            text.hasPrefix(
                """
                # HELP tomcat_scraped_request_count Requests \\\\ served\\nso far
                # TYPE tomcat_scraped_request_count counter
                tomcat_scraped_request_count_total{name="http-nio-8080"} 7

                """
            )
        )
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test("every sample of a whole server is well formed, and stands behind its family's type")
    func wholeServer() async throws {
        let server = try await ManagedServer()
        let beans = await server.server.beans.query(try ObjectName("*:*"))
        var types: Set<Substring> = []
        var current: Substring = ""
        let sample = /^([a-z_][a-z0-9_]*)(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+$/
        for line in Exposition.text(of: beans, .prometheus).split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                current = line.split(separator: " ")[2]
                #expect(types.insert(current).inserted, "\(current) twice")
            } else if !line.hasPrefix("# HELP ") {
                #expect(try sample.wholeMatch(in: line)?.1 == current, "\(line)")
            }
        }
        #expect(types.contains("tomcat_manager_session_counter_total"))
        #expect(types.contains("java_lang_memory_heap_memory_usage_used"))
        try await server.server.stop()
    }
}

/// A bean with one attribute of each kind.
private final class ScrapedBean: ManagedBean {
    static let beanInfo = BeanInfo<ScrapedBean>(
        type: "Scraped",
        attributes: [
            .counter("requestCount", "Requests \\ served\nso far") { _ in 7 },
            .flag("isUp", "Whether it is up") { _ in true },
            .gauge("load", "Share in use") { _ in 0.5 },
            .gauge("usage", "Bytes") { _ in
                BeanValue.composite([.init("used", .long(1)), .init("max", .long(-1))])
            },
            .text("stateName", "For people") { _ in "a\"b" },
            .text("nothing", "Null") { _ in nil },
        ]
    )
}
