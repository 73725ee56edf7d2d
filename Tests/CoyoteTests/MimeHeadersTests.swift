import Testing

@testable import Coyote

@Suite struct MimeHeadersTests {
    @Test("fields are found whatever the case of their names")
    func lookup() {
        let headers = MimeHeaders([("Host", "a"), ("X-A", "1"), ("x-a", "2")])
        #expect(headers.first("HOST") == "a")
        #expect(headers.all("X-a") == ["1", "2"])
        #expect(headers.names == ["host", "x-a"])
    }

    @Test("set keeps the place of the first field and removes the others")
    func set() {
        let headers = MimeHeaders([("A", "1"), ("B", "2"), ("a", "3")])
        headers.set("A", "9")
        #expect(headers.all("a") == ["9"])
        #expect(headers.names == ["a", "b"])
        headers.remove("b")
        #expect(headers.count == 1)
    }

    @Test("response fields keep their order and spelling")
    func response() {
        var headers = ResponseHeaders()
        headers.add("X-B", "1")
        headers.add("x-a", "2")
        headers.set("X-b", "3")
        #expect(headers.names == ["X-B", "x-a"])
        #expect(headers.value("x-B") == "3")
    }
}
