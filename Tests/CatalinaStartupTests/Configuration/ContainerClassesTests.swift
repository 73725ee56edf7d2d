import CatalinaCore
import Testing

@testable import CatalinaStartup

@Suite struct ContainerClassesTests {
    @Test(
        "every filter that the descriptors of Debian's package name is there",
        arguments: [
            "CsrfPreventionFilter", "FailedRequestFilter", "HttpHeaderSecurityFilter", "RequestDumperFilter",
            "SetCharacterEncodingFilter",
        ]
    )
    func filters(name: String) {
        #expect(Components.containerClasses.filters["org.apache.catalina.filters." + name] != nil)
    }
}
