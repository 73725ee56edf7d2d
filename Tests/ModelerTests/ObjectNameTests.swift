import Modeler
import Testing

/// Expectations recorded from `javax.management.ObjectName` of OpenJDK 17.
@Suite struct ObjectNameTests {
    @Test(
        "a name keeps the order it was given and has one canonical form",
        arguments: [
            ("", "*:*", "*:*", true),
            ("a:b=", "a:b=", "a:b=", false),
            ("b:z=1,a=2", "b:z=1,a=2", "b:a=2,z=1", false),
            ("a:*", "a:*", "a:*", true),
            ("a:b=c,*", "a:b=c,*", "a:b=c,*", true),
            ("a:*,b=c", "a:b=c,*", "a:b=c,*", true),
            ("a:b=c,*,d=e", "a:b=c,d=e,*", "a:b=c,d=e,*", true),
            ("a:b=c*", "a:b=c*", "a:b=c*", true),
            ("a:b=\"x\\n\\\"\\\\\\*\\?\"", "a:b=\"x\\n\\\"\\\\\\*\\?\"", "a:b=\"x\\n\\\"\\\\\\*\\?\"", false),
            ("a:b=\"x*\"", "a:b=\"x*\"", "a:b=\"x*\"", true),
            ("a*:b=c", "a*:b=c", "a*:b=c", true),
            ("a=b:c=d", "a=b:c=d", "a=b:c=d", false),
            ("*:*", "*:*", "*:*", true),
            (":type=Server", ":type=Server", ":type=Server", false),
            ("//h:b=c", "//h:b=c", "//h:b=c", false),
            ("a:b=c d", "a:b=c d", "a:b=c d", false),
            ("a: b=c", "a: b=c", "a: b=c", false),
            ("a:b=\"\"", "a:b=\"\"", "a:b=\"\"", false),
            ("a:b=\"\\*\"", "a:b=\"\\*\"", "a:b=\"\\*\"", false),
            (
                "a:type=Manager,host=localhost,context=/", "a:type=Manager,host=localhost,context=/",
                "a:context=/,host=localhost,type=Manager", false
            ),
        ]
    )
    func parses(text: String, printed: String, canonical: String, isPattern: Bool) throws {
        let name = try ObjectName(text)
        #expect(name.description == printed)
        #expect(name.canonicalName == canonical)
        #expect(name.isPattern == isPattern)
    }

    @Test(
        "text that is no name is refused in Java's words",
        arguments: [
            ("*", "Key properties cannot be empty"),
            ("a", "Key properties cannot be empty"),
            (":", "Key properties cannot be empty"),
            ("a:", "Key properties cannot be empty"),
            ("a:b", "Unterminated key property part"),
            ("a:=c", "Invalid key (empty)"),
            ("a:b=c,", "Invalid ending comma"),
            ("a:b=c,,d=e", "Invalid character ',' in key part of property"),
            ("a:b=c,b=d", "key `b' already defined"),
            ("a:*,*", "Cannot have several '*' characters in pattern property list"),
            ("a:b=\"x", "Unterminated quoted value"),
            ("a:b=\"x\"y", "Invalid ending character `y'"),
            ("a:b=\"x\\y\"", "Invalid escape sequence '\\y' in quoted value"),
            ("a:b=\"x\ny\"", "Newline in quoted value"),
            ("a:b=x\"y", "Invalid character '\"' in value part of property"),
            ("a:b=x:y", "Invalid character ':' in value part of property"),
            ("a:b=x=y", "Invalid character '=' in value part of property"),
            ("a=b", "Domain part must be specified"),
            ("a\nb:c=d", "Invalid character '\\n' in domain name"),
            ("a:b*=c", "Invalid character '*' in key part of property"),
            ("a:b=c,*x", "Invalid character found after '*': end of name or ',' expected"),
            ("a:b=\"x\",", "Invalid ending character `,'"),
            ("a:b,c=d", "Invalid character ',' in key part of property"),
        ]
    )
    func rejects(text: String, reason: String) {
        do throws(MalformedObjectName) {
            _ = try ObjectName(text)
            Issue.record("accepted")
        } catch {
            #expect(error.reason == reason)
        }
    }

    @Test(
        "a pattern selects names",
        arguments: [
            ("*:*", "a:b=c", true),
            ("Cat*:*", "Catalina:type=X", true),
            ("*:type=Con*,*", "C:type=Connector,port=80", true),
            ("*:type=Con*", "C:type=Connector,port=80", false),
            ("*:port=8?,*", "C:type=Connector,port=80", true),
            ("C:name=\"h*\",*", "C:name=\"http-1\",t=x", true),
            ("C:name=*,*", "C:name=\"http-1\",t=x", true),
            ("C:name=\"h\\*\",*", "C:name=\"h\\*\"", true),
            ("C:name=\"h\\*\",*", "C:name=\"hx\"", false),
            ("C:a=1,b=2", "C:b=2,a=1", true),
            ("?:a=1", "C:a=1", true),
            ("C:*", "D:a=1", false),
            (":a=1", "C:a=1", false),
            ("C:name=\"h?*\"", "C:name=\"h\\n\"", true),
            ("C:name=h*", "C:name=\"h\"", false),
        ]
    )
    func selects(pattern: String, name: String, expected: Bool) throws {
        #expect(try ObjectName(pattern).matches(ObjectName(name)) == expected)
    }

    @Test("quoting makes any text a value", arguments: ["a", "a\"b", "a\\b", "a*?", "a\nb", "", "http-nio-8080"])
    func quotes(text: String) throws {
        let quoted = ObjectName.quote(text)
        #expect(ObjectName.unquote(quoted) == text)
        let name = try ObjectName(domain: "Catalina", [("type", "ThreadPool"), ("name", quoted)])
        #expect(name["name"] == quoted)
        #expect(!name.isPattern)
    }

    @Test(
        "a value that is not quoted properly is not unquoted",
        arguments: ["a", "\"a", "\"a\\x\"", "\"a\"b\"", "\"", "\"*\""]
    )
    func refusesToUnquote(value: String) {
        #expect(ObjectName.unquote(value) == nil)
    }

    @Test("names are equal whatever the order of their properties")
    func equality() throws {
        #expect(try Set([ObjectName("a:b=1,c=2"), ObjectName("a:c=2,b=1")]).count == 1)
    }

    @Test("a name made of any texts is one that reads back")
    func safeNames() throws {
        let parts = [
            ("type", "Filter"), ("name", "a,b=*"), ("quoted", "\"http-nio-8080\""), ("path", "//localhost/"), ("e", ""),
        ]
        let name = ObjectName(safeDomain: "My:Engine*\n", parts)
        #expect(
            name.description == "My_Engine__:type=Filter,name=\"a,b=\\*\",quoted=\"http-nio-8080\",path=//localhost/,e="
        )
        #expect(!name.isPattern)
        #expect(try ObjectName(name.description) == name)
    }
}
