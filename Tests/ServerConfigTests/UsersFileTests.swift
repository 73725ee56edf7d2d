import Foundation
import Modeler
import ServerConfig
import TestSupport
import Testing

@Suite struct UsersFileTests {
    private let substitution = PropertySubstitution(SystemProperties(["secret": "s3cret"]))

    private func parse(_ text: String) throws -> UsersFileOutcome {
        UsersFile.parse(try XMLReader().parse(Array(text.utf8), file: "users.xml"), substitution: self.substitution)
    }

    @Test("users, groups and roles are read; named ones come into being")
    func reads() throws {
        let outcome = try self.parse(
            """
            <tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
              <role rolename="manager-gui" description="d"/><role name="b"/>
              <group groupname="g" description="group" roles="b, c,,b"/>
              <user username="u" password="${secret}" fullName="U V" groups="g,h" roles="a"/>
              <user name="v" fullname="V"/>
              <user username="u2" password="" roles=" x , y "/>
            </tomcat-users>
            """
        )
        let users = outcome.users
        #expect(outcome.problems.isEmpty)
        #expect(users.roles.keys == ["manager-gui", "b", "c", "a", "x", "y"])
        #expect(users.groups.keys == ["g", "h"])
        #expect(users.groups["g"]?.roles == ["b", "c"])
        let user = try #require(users.users["u"])
        #expect(user.password == "s3cret")
        #expect(user.fullName == "U V")
        #expect(users.effectiveRoles(of: user) == ["a", "b", "c"])
        #expect(users.users["v"]?.password == nil)
        #expect(users.users["v"]?.fullName == "V")
        #expect(users.users["u2"]?.roles == ["x", "y"])
    }

    @Test("what has no name is ignored with Tomcat's line, and odd things are noted")
    func problems() throws {
        let outcome = try self.parse(
            """
            <tomcat-users><role/><group groupname=""/><user pasword="x" username="u"/><user/><other/></tomcat-users>
            """
        )
        #expect(
            outcome.problems.map(\.log.message).prefix(2) == [
                "Null or zero length role name specified. The role will be ignored.",
                "Null or zero length group name specified. The group will be ignored.",
            ]
        )
        #expect(outcome.problems.map(\.nearest) == [nil, nil, "password", nil, nil])
        #expect(outcome.problems.map(\.severity) == [.warning, .warning, .notice, .warning, .notice])
        #expect(outcome.problems[3].log.message == "Null or zero length user name specified. The user will be ignored.")
        #expect(outcome.users.users.keys == ["u"])
        #expect(try self.parse("<users/>").problems.count == 1)
        #expect(UsersFile.read("/no/such", substitution: self.substitution).problems.map(\.severity) == [.fatal])
    }

    @Test("a file that is written reads back the same")
    func roundTrip() throws {
        let users = try self.parse(
            """
            <tomcat-users><role rolename="a&amp;b" description="&lt;&quot;'&gt;&#10;"/><group groupname="g" roles="a&amp;b"/>
            <user username="ü" password="p&quot;w" fullName="F" groups="g" roles="r"/></tomcat-users>
            """
        ).users
        #expect(try self.parse(users.xml).users == users)
    }

    @Test("the stock file has nobody in it")
    func stock() {
        let path = Vectors.directory.appending(path: "config/debian/tomcat-users.xml").path
        let outcome = UsersFile.read(path, substitution: self.substitution)
        #expect(outcome.problems.isEmpty)
        #expect(outcome.users == UsersFile())
    }

    @Test("the stock properties files are read")
    func properties() throws {
        let catalina = PropertiesFile(bytes: try Vectors.bytes("config/debian/catalina.properties"))
        #expect(catalina["common.loader"]?.contains("${catalina.base}") == true)
        let logging = PropertiesFile(bytes: try Vectors.bytes("config/debian/logging.properties"))
        #expect(logging["handlers"]?.hasPrefix("1catalina.org.apache.juli.AsyncFileHandler") == true)
    }
}
