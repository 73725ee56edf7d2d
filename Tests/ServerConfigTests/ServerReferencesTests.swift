import Modeler
import ServerConfig
import Testing

@Suite struct ServerReferencesTests {
    private static func problems(_ service: String) throws -> [String] {
        let text = """
            <Server><GlobalNamingResources>
            <Resource name="${kind}Database" type="org.apache.catalina.UserDatabase"/>
            <Resource name="Mail" type="jakarta.mail.Session"/>
            </GlobalNamingResources><Service name="Catalina">
            \(service)
            </Service></Server>
            """
        let properties = SystemProperties()
        properties["kind"] = "User"
        return ServerReferences.problems(
            of: try XMLReader().parse(Array(text.utf8), file: "server.xml"),
            substitution: PropertySubstitution(properties)
        ).map(\.description)
    }

    private static func realm(_ attributes: String = "") -> String {
        "<Realm className='org.apache.catalina.realm.UserDatabaseRealm' \(attributes)/>"
    }

    private static func sentence(_ name: String) -> String {
        "attribute [resourceName]: there is no GlobalNamingResources Resource [\(name)] of the type "
            + "org.apache.catalina.UserDatabase"
    }

    @Test(
        "names that are defined are no problem",
        arguments: [
            "<Executor name='pool'/><Connector executor='pool'/><Connector/>",
            "<Connector executor='${kind}s'/><Executor name='Users'/>",
            "<Connector SSLEnabled='true'><SSLHostConfig/></Connector>",
            "<Engine>\(realm())</Engine>",
            "<Engine><Host><Context>\(realm("resourceName='${kind}Database'"))</Context></Host></Engine>",
            "<Engine>\(realm("resourceName='own' localJndiResource='true'"))</Engine>",
            "<Engine><Realm className='org.apache.catalina.realm.MemoryRealm'/></Engine>",
        ]
    )
    func defined(service: String) throws {
        #expect(try Self.problems(service) == [])
    }

    @Test(
        "names that nothing defines are told with their place and the one that was meant",
        arguments: [
            (
                "<Executor name='tomcatThreadPool'/>\n<Connector\n executor='tomcatThreadPol'/>",
                "server.xml:7: warning: [Server/Service/Connector] attribute [executor]: there is no Executor of the name "
                    + "[tomcatThreadPol] in the Service: the Connector uses threads of its own, did you mean "
                    + "[tomcatThreadPool]?"
            ),
            (
                "<Connector port='8443'>\n<SSLHostConfig/></Connector>",
                "server.xml:5: warning: [Server/Service/Connector] attribute [SSLEnabled]: the Connector has an SSLHostConfig "
                    + "and speaks plain HTTP without SSLEnabled=\"true\""
            ),
            (
                "<Connector executor='pool'/>",
                "server.xml:5: warning: [Server/Service/Connector] attribute [executor]: there is no Executor of the name "
                    + "[pool] in the Service: the Connector uses threads of its own"
            ),
            (
                "<Engine>\(realm("resourceName='UserDatabas'"))</Engine>",
                "server.xml:5: error: [Server/Service/Engine/Realm] \(sentence("UserDatabas")): what the realm is for cannot "
                    + "start, did you mean [UserDatabase]?"
            ),
            (
                "<Engine><Host>\(realm("resourceName='Mail'"))</Host></Engine>",
                "server.xml:5: error: [Server/Service/Engine/Host/Realm] \(sentence("Mail")): what the realm is for cannot start"
            ),
            (
                "<Engine><Realm className='org.apache.catalina.realm.LockOutRealm'>\(realm("resourceName='x'"))</Realm></Engine>",
                "server.xml:5: warning: [Server/Service/Engine/Realm/Realm] \(sentence("x")): the realm knows nobody"
            ),
        ]
    )
    func undefined(service: String, problem: String) throws {
        #expect(try Self.problems(service) == [problem])
    }
}
