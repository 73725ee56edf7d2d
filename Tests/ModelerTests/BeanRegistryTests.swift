import Modeler
import Synchronization
import Testing

@Suite struct BeanRegistryTests {
    private let registry = BeanRegistry()
    private let name: ObjectName

    init() throws {
        self.name = try ObjectName("Catalina:type=Valve,name=Sample")
        self.registry.register(try SampleValve.descriptor.component([("maxThreads", "4")]), as: self.name)
        self.registry.register(
            FixedListener(configuration: FixedListener.Configuration()),
            as: try ObjectName("Catalina:type=Listener,name=Fixed")
        )
    }

    @Test(
        "attributes of the descriptor and of the bean are read alike",
        arguments: [
            ("maxThreads", BeanValue.int(4)), ("timeout", .long(60_000)), ("enabled", .bool(true)),
            ("active", .int(3)), ("requests", .long(7)), ("up", .bool(true)), ("stateName", .string("STARTED")),
            ("nothing", .null), ("names", .strings(["a", "b"])), ("hosts", .strings([])), ("allow", .null),
            ("className", .string("org.example.SampleValve")),
        ]
    )
    func reads(attribute: String, value: BeanValue) async throws {
        #expect(try await self.registry.bean(self.name).get(attribute) == value)
    }

    @Test("an attribute knows what a scraper may do with it")
    func metrics() async throws {
        let attributes = try await self.registry.bean(self.name).attributes
        let metrics = Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0.metric) })
        #expect(metrics["active"] == .gauge)
        #expect(metrics["requests"] == .counter)
        #expect(metrics["maxThreads"] == .gauge)
        #expect(metrics["enabled"] == .flag)
        #expect(metrics["path"] == .text)
        #expect(metrics["clearReferences"] == nil)
    }

    @Test("a writable attribute takes a client's text")
    func writes() async throws {
        let bean = try await self.registry.bean(self.name)
        try bean.set("maxThreads", to: "9")
        try bean.set("writable", to: "12")
        #expect(try bean.get("maxThreads") == .int(9))
        #expect(try bean.get("requests") == .long(12))
    }

    @Test(
        "errors are Java's",
        arguments: [
            (
                "nope", "1",
                "javax.management.AttributeNotFoundException: Cannot find attribute [nope] on resource [org.example.SampleValve]"
            ),
            ("maxThreads", "abc", "java.lang.NumberFormatException: For input string: \"abc\""),
            (
                "active", "1",
                "javax.management.ReflectionException: Cannot find setter method [setActive] on resource [org.example.SampleValve]"
            ),
            ("mode", "x", "java.lang.IllegalArgumentException: [x] is not one of strict, lax"),
        ]
    )
    func failsToWrite(attribute: String, text: String, message: String) async throws {
        let bean = try await self.registry.bean(self.name)
        do throws(BeanError) {
            try bean.set(attribute, to: text)
            Issue.record("accepted")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test("a component that cannot be reconfigured has read-only attributes")
    func fixed() async throws {
        let bean = try await self.registry.bean(named: "Catalina:name=Fixed,type=Listener")
        #expect(bean.className == "org.apache.tomcat.util.modeler.BaseModelMBean")
        #expect(try bean.get("modelerType") == .string("org.example.FixedListener"))
        #expect(throws: BeanError.readOnlyAttribute(name: "logArgs", resource: "org.example.FixedListener")) {
            try bean.set("logArgs", to: "false")
        }
    }

    @Test("operations are found by name and number of arguments")
    func invokes() async throws {
        let bean = try await self.registry.bean(self.name)
        #expect(try await bean.invoke("twice", ["21"]) == .int(42))
        #expect(try await bean.invoke("reset") == .null)
        #expect(try bean.get("requests") == .long(0))
        await #expect(throws: BeanError.notANumber(text: "x")) { try await bean.invoke("twice", ["x"]) }
        await #expect(throws: BeanError.failed("as asked")) { try await bean.invoke("fail") }
        do throws(BeanError) {
            _ = try await bean.invoke("twice")
            Issue.record("accepted")
        } catch {
            #expect(
                error.description
                    == "java.lang.IllegalArgumentException: Cannot find operation [twice] with [0] arguments"
                    + " on object name [Catalina:type=Valve,name=Sample], which is a [org.apache.tomcat.util.modeler.BaseModelMBean]"
            )
        }
    }

    @Test("patterns select beans in the order of registration; a name selects one")
    func queries() async throws {
        #expect(try await self.registry.query(ObjectName("*:*")).map { $0.name["name"] } == ["Sample", "Fixed"])
        #expect(try await self.registry.query(ObjectName("Catalina:type=L*,*")).map { $0.name["name"] } == ["Fixed"])
        #expect(try await self.registry.query(ObjectName("Catalina:name=Fixed,type=Listener")).count == 1)
        #expect(try await self.registry.query(ObjectName("Users:*")).isEmpty)
    }

    @Test("nothing is registered under a pattern")
    func pattern() throws {
        self.registry.register(FixedListener(configuration: .init()), as: try ObjectName("a:b=*"))
        #expect(self.registry.count == 2)
    }

    @Test("an unknown or malformed name is refused")
    func unknown() async throws {
        await #expect(throws: BeanError.noSuchBean(name: "a:b=c")) { try await self.registry.bean(named: "a:b=c") }
        await #expect(throws: BeanError.malformedObjectName("Key properties cannot be empty")) {
            try await self.registry.bean(named: "x")
        }
    }

    @Test("a source makes its beans when somebody asks for what it may have")
    func sources() async throws {
        let asked = Mutex(0)
        self.registry.register(sourceOf: try ObjectName("Users:type=User,*")) {
            asked.withLock { $0 += 1 }
            return ["ann", "bob"].map { name in
                RegisteredBean(
                    FixedListener(configuration: .init()),
                    as: ObjectName(safeDomain: "Users", [("type", "User"), ("username", name)])
                )
            }
        }
        #expect(try await self.registry.query(ObjectName("*:*")).count == 4)
        #expect(try await self.registry.query(ObjectName("Users:username=b*,*")).map { $0.name["username"] } == ["bob"])
        #expect(try await self.registry.bean(named: "Users:username=ann,type=User").type == "Listener")
        await #expect(throws: BeanError.noSuchBean(name: "Users:type=Role")) {
            try await self.registry.bean(named: "Users:type=Role")
        }
        #expect(try await self.registry.query(ObjectName("Catalina:*")).count == 2)
        #expect(asked.withLock { $0 } == 3)
    }

    @Test("a bean disappears when it is unregistered, by name or by pattern")
    func unregisters() throws {
        self.registry.unregister(self.name)
        #expect(!self.registry.isRegistered(self.name))
        #expect(self.registry.count == 1)
        self.registry.unregister(matching: try ObjectName("Catalina:*"))
        #expect(self.registry.count == 0)
    }
}

@Suite struct BeanValueTests {
    @Test(
        "numbers print as Java prints them",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (1.5, "1.5"), (100, "100.0"), (1e6, "1000000.0"),
            (9_999_999, "9999999.0"), (1e7, "1.0E7"), (12_345_678.9, "1.23456789E7"), (1e-3, "0.001"),
            (9.9e-4, "9.9E-4"), (1.0 / 3, "0.3333333333333333"), (1e21, "1.0E21"),
            (1.7976931348623157E308, "1.7976931348623157E308"), (123_456.789e3, "1.23456789E8"), (-2.5, "-2.5"),
            (.infinity, "Infinity"), (-.infinity, "-Infinity"),
        ] as [(Double, String)]
    )
    func doubles(number: Double, text: String) {
        #expect(BeanValue.double(number).text == text)
    }

    @Test("composites and arrays print their parts")
    func composites() throws {
        let usage = BeanValue.composite([.init("used", .long(1)), .init("max", .int(2))])
        #expect(usage.text == "{used=1, max=2}")
        #expect(BeanValue.strings(["a", "b"]).text == "[a, b]")
        #expect(try BeanValue.objectName(ObjectName("a:b=c")).text == "a:b=c")
        #expect(BeanValue.null.text == "null")
        #expect(BeanValue.bool(true).number == 1)
        #expect(usage.number == nil)
    }
}
