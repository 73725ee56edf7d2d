import Modeler
import Testing
import Tribes

/// Class names, attributes and defaults as Tomcat 10.1 has them.
@Suite struct InterceptorDescriptorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let descriptor: AnyComponentDescriptor
        let attributes: [String: String]

        var testDescription: String { self.descriptor.className }

        init(_ descriptor: AnyComponentDescriptor, _ attributes: [String: String] = [:], optionFlag: String = "0") {
            self.descriptor = descriptor
            self.attributes = attributes.merging(["optionFlag": optionFlag]) { $1 }
        }
    }

    static let rows = [
        Row(AnyComponentDescriptor(DomainFilterInterceptor.descriptor), ["domain": "{}", "logInterval": "100"]),
        Row(
            AnyComponentDescriptor(EncryptInterceptor.descriptor),
            [
                "encryptionAlgorithm": "AES/GCM/NoPadding", "encryptionKey": "null", "replayWindowTime": "10000",
                "replayWindowMessageCount": "8192",
            ]
        ),
        Row(
            AnyComponentDescriptor(FragmentationInterceptor.descriptor),
            ["maxSize": "102400", "expire": "60000"]
        ),
        Row(
            AnyComponentDescriptor(GzipInterceptor.descriptor),
            ["compressionMinSize": "0", "statsEnabled": "false", "interval": "0"],
            optionFlag: "256"
        ),
        Row(
            AnyComponentDescriptor(MessageDispatchInterceptor.descriptor),
            ["maxQueueSize": "67108864", "alwaysSend": "true"],
            optionFlag: "8"
        ),
        Row(AnyComponentDescriptor(NonBlockingCoordinator.descriptor)),
        Row(
            AnyComponentDescriptor(OrderInterceptor.descriptor),
            ["expire": "3000", "forwardExpired": "true", "maxQueue": "2147483647"]
        ),
        Row(AnyComponentDescriptor(SimpleCoordinator.descriptor)),
        Row(AnyComponentDescriptor(StaticMembershipInterceptor.descriptor)),
        Row(
            AnyComponentDescriptor(TcpFailureDetector.descriptor),
            [
                "connectTimeout": "1000", "performSendTest": "true", "performReadTest": "false",
                "readTestTimeout": "5000", "removeSuspectsTimeout": "300",
            ]
        ),
        Row(
            AnyComponentDescriptor(TcpPingInterceptor.descriptor),
            ["interval": "1000", "useThread": "false", "staticOnly": "false"]
        ),
        Row(AnyComponentDescriptor(ThroughputInterceptor.descriptor), ["interval": "10000"]),
        Row(AnyComponentDescriptor(TwoPhaseCommitInterceptor.descriptor), ["expire": "60000"]),
    ]

    @Test("attributes have Tomcat's names and defaults", arguments: rows)
    func defaults(row: Row) {
        let found = Dictionary(
            row.descriptor.attributes.map { ($0.info.name, $0.defaultValue.text) },
            uniquingKeysWith: { $1 }
        )
        for (name, value) in row.attributes {
            #expect(found[name] == value, "\(name)")
        }
        #expect(row.descriptor.kind == .interceptor)
        #expect(row.descriptor.className.hasPrefix("org.apache.catalina.tribes.group.interceptors."))
    }

    @Test("every interceptor is made from an element without attributes", arguments: rows)
    func builds(row: Row) throws {
        #expect(try row.descriptor.instantiate().build() is any ChannelInterceptor)
    }

    @Test(
        "attributes that only Java needs are accepted",
        arguments: [
            (AnyComponentDescriptor(MessageDispatchInterceptor.descriptor), "maxThreads"),
            (AnyComponentDescriptor(MessageDispatchInterceptor.descriptor), "useDeepClone"),
            (AnyComponentDescriptor(EncryptInterceptor.descriptor), "providerName"),
            (AnyComponentDescriptor(TwoPhaseCommitInterceptor.descriptor), "deepclone"),
        ]
    )
    func ignored(descriptor: AnyComponentDescriptor, name: String) throws {
        var builder = descriptor.instantiate()
        try builder.set(name, to: "1")
    }

    @Test("a dispatcher of Tomcat 8.0 is the one there is")
    func alias() {
        #expect(
            MessageDispatchInterceptor.descriptor.aliases
                == ["org.apache.catalina.tribes.group.interceptors.MessageDispatch15Interceptor"]
        )
    }
}
