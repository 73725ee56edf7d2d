import Modeler
import Testing

@Suite struct ComponentDescriptorTests {
    private func built(_ attributes: [(String, String)]) throws -> SampleValve.Configuration {
        var builder = AnyComponentDescriptor(SampleValve.descriptor).instantiate()
        for (name, text) in attributes {
            try builder.set(name, to: text)
        }
        return try #require(builder.build() as? SampleValve).configuration
    }

    @Test("attributes of every type are converted")
    func converts() throws {
        let configuration = try self.built([
            ("asyncSupported", "TRUE"), ("enabled", "yes"), ("threads", "+5"), ("timeout", "-9000000000"),
            ("factor", "2.5"), ("path", " /x "), ("allow", ""), ("hosts", " a, ,b "), ("mode", "LAX"),
            ("level", "level3"), ("clearReferences", "whatever"), ("extra.x", "1"),
        ])
        var expected = SampleValve.Configuration()
        expected.common.asyncSupported = true
        expected.enabled = false
        expected.maxThreads = 5
        expected.timeout = -9_000_000_000
        expected.factor = 2.5
        expected.path = " /x "
        expected.allow = ""
        expected.hosts = ["a", "b"]
        expected.mode = .lax
        expected.level = 3
        expected.extras = ["x": "1"]
        #expect(configuration == expected)
    }

    @Test(
        "a refused attribute says why and leaves the default",
        arguments: [
            ("maxThread", "1", AttributeError.unknown(name: "maxThread", nearest: "maxThreads")),
            ("maxthreads", "1", .unknown(name: "maxthreads", nearest: "maxThreads")),
            ("pathh", "1", .unknown(name: "pathh", nearest: "path")),
            ("zzzzzzzzz", "1", .unknown(name: "zzzzzzzzz", nearest: nil)),
            ("maxThreads", "abc", .notConvertible(name: "maxThreads", text: "abc", expected: .int)),
            ("maxThreads", "2147483648", .notConvertible(name: "maxThreads", text: "2147483648", expected: .int)),
            ("maxThreads", " 1", .notConvertible(name: "maxThreads", text: " 1", expected: .int)),
            ("timeout", "", .notConvertible(name: "timeout", text: "", expected: .long)),
            ("factor", "x", .notConvertible(name: "factor", text: "x", expected: .double)),
            ("mode", "loose", .notConvertible(name: "mode", text: "loose", expected: .words(["strict", "lax"]))),
            ("level", "3", .notConvertible(name: "level", text: "3", expected: .string)),
        ]
    )
    func refuses(name: String, text: String, error: AttributeError) throws {
        var builder = AnyComponentDescriptor(SampleValve.descriptor).instantiate()
        #expect(throws: error) { try builder.set(name, to: text) }
        #expect(try #require(builder.build() as? SampleValve).configuration == SampleValve.Configuration())
    }

    @Test("defaults are read from the configuration's defaults")
    func defaults() {
        let attributes = AnyComponentDescriptor(SampleValve.descriptor).attributes
        let shown = attributes.map { "\($0.info.name):\($0.info.type.javaName)=\($0.defaultValue.text)" }
        #expect(
            shown == [
                "asyncSupported:boolean=false", "enabled:boolean=true", "maxThreads:int=200", "timeout:long=60000",
                "factor:double=1.5", "path:java.lang.String=/health", "allow:java.lang.String=null",
                "hosts:[Ljava.lang.String;=[]", "mode:java.lang.String=strict", "level:java.lang.String=level0",
                "clearReferences:boolean=null",
            ]
        )
    }

    @Test(
        "the nearest name forgives case, one slip in three letters and swapped neighbours",
        arguments: [
            ("conectionTimeout", "connectionTimeout"), ("ConnectionTimeOut", "connectionTimeout"),
            ("prot", "port"), ("poort", "port"), ("redirectport", "redirectPort"), ("x", nil), ("", nil),
        ] as [(String, String?)]
    )
    func nearest(name: String, expected: String?) {
        let known = ["port", "redirectPort", "connectionTimeout", "protocol"]
        #expect(NearestName.nearest(to: name, among: known) == expected)
    }
}

@Suite struct ComponentRegistryTests {
    private let registry = ComponentRegistry([
        AnyComponentDescriptor(SampleValve.descriptor), AnyComponentDescriptor(FixedListener.descriptor),
    ])

    @Test("a class name finds its descriptor, by any of its names")
    func finds() {
        for name in ["org.example.SampleValve", "org.example.OldSampleValve"] {
            guard case .implemented(let descriptor)? = self.registry[name] else {
                Issue.record("\(name) is unknown")
                continue
            }
            #expect(descriptor.className == "org.example.SampleValve")
        }
        #expect(self.registry.descriptors.map(\.className) == ["org.example.FixedListener", "org.example.SampleValve"])
    }

    @Test("known Java classes are inert, and the cluster's attributes are checked")
    func inert() throws {
        guard case .inert(let listener)? = self.registry["org.apache.catalina.core.AprLifecycleListener"] else {
            Issue.record("unknown")
            return
        }
        #expect(listener.reason == .javaOnly)
        try listener.check("anything")
        let className = "org.apache.catalina.ha.session.JvmRouteSessionIDBinderListener"
        guard case .inert(let later)? = self.registry[className] else {
            Issue.record("unknown")
            return
        }
        #expect(later.reason == .notYet)
        try later.check("sessionIdAttribute")
        #expect(throws: AttributeError.unknown(name: "sessionIdAttributes", nearest: "sessionIdAttribute")) {
            try later.check("sessionIdAttributes")
        }
    }

    @Test("every known Java class is known once")
    func known() {
        let names = InertComponent.known.map(\.className)
        #expect(names.count == Set(names).count)
        #expect(names.count > 30)
    }

    @Test("a misspelt class name has a nearest one, an unknown one has none")
    func nearest() {
        #expect(self.registry["org.example.SampelValve"] == nil)
        #expect(self.registry.nearest(to: "org.example.SampelValve") == "org.example.SampleValve")
        #expect(self.registry.nearest(to: "com.acme.Thing") == nil)
    }
}
