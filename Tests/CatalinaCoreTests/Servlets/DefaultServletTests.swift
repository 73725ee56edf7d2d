import NIOCore
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

/// An application whose files the default servlet serves.
struct ServedFiles {
    let files: FileTree
    let container: EmbeddedContainer
    let context: StandardContext

    static let lastModified: Int64 = 1_787_333_635_000

    init(
        path: String = "",
        _ parameters: [String: String] = [:],
        _ configure: @escaping @Sendable (inout ApplicationModel, inout ContainerClasses) -> Void = { _, _ in }
    ) async throws {
        self.files = try FileTree("served")
        try self.files.makeDirectory("app/WEB-INF")
        try self.files.makeDirectory("work")
        self.container = try EmbeddedContainer()
        self.context = try await self.container.add(
            path: path,
            documentBase: self.files["app"],
            workDirectory: self.files["work"]
        ) { model, classes in
            var servlet = ServletDefinition(name: "default", className: DefaultServlet.className)
            servlet.initParameters = parameters
            model.servlets = [servlet]
            model.servletMappings = [(pattern: "/", servletName: "default")]
            let types = ["html": "text/html", "js": "text/javascript", "gz": "application/x-gzip"]
            model.mimeType = { types[$0] }
            classes.servlets[DefaultServlet.className] = { DefaultServlet() }
            configure(&model, &classes)
        }
        try await self.container.start()
    }

    func send(
        _ method: String,
        _ target: String,
        _ headers: [(name: String, value: String)] = [],
        body: [[UInt8]] = []
    ) async -> EmbeddedContainer.Answer {
        await self.container.send(method, target, headers, body: body)
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> Self {
        try self.files.write("app/" + name, text)
        try self.files.touch("app/" + name, milliseconds: Self.lastModified)
        return self
    }
}

@Suite struct DefaultServletTests {
    @Test("a file is answered with its length, tag, date and type")
    func serves() async throws {
        let served = try await ServedFiles().write("index.html", "hello")
        let answer = await served.send("GET", "/index.html")
        #expect(answer.status == 200)
        #expect(
            answer.lines == [
                "Accept-Ranges: bytes", "ETag: W/\"5-1787333635000\"", "Last-Modified: Fri, 21 Aug 2026 17:33:55 GMT",
                "Content-Type: text/html", "Content-Length: 5",
            ]
        )
        #expect(answer.text == "hello")
        let head = await served.send("HEAD", "/index.html")
        #expect(head.lines == answer.lines)
        #expect(head.text == "")
        #expect(await served.send("POST", "/index.html").text == "hello")
    }

    @Test("the bytes of a cached file are not copied")
    func sharesBytes() async throws {
        let served = try await ServedFiles().write("index.html", "hello")
        let first = await served.send("GET", "/index.html").hook.writes
        let second = await served.send("GET", "/index.html").hook.writes
        #expect(first.count == 1)
        func address(_ buffer: ByteBuffer) -> UInt {
            buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        }
        #expect(address(first[0]) == address(second[0]))
    }

    @Test("an unknown extension has no type, an empty file no body")
    func servesOddFiles() async throws {
        let served = try await ServedFiles()
        try served.write("a.unknown", "x")
        try served.write("empty.html", "")
        #expect(await served.send("GET", "/a.unknown")["Content-Type"] == nil)
        let empty = await served.send("GET", "/empty.html", [(name: "Range", value: "bytes=0-1")])
        #expect(empty.status == 200)
        #expect(empty["Content-Length"] == "0")
    }

    @Test(
        "what is not there is not found",
        arguments: ["/none", "/index.html/", "/index.html.", "/WEB-INF/web.xml", "/web-inf/", "/META-INF", "/dir/"]
    )
    func misses(path: String) async throws {
        let served = try await ServedFiles().write("index.html", "hello")
        try served.write("WEB-INF/web.xml", "secret")
        try served.write("dir/x", "x")
        let answer = await served.send("GET", path)
        #expect(answer.status == 404)
        #expect(!answer.text.contains("secret"))
    }

    @Test("a directory without its slash is redirected to, the query kept")
    func redirects() async throws {
        let served = try await ServedFiles(path: "/ctx").write("d i/x", "x")
        let answer = await served.send("GET", "/ctx/d%20i?q=1")
        #expect(answer.status == 302)
        #expect(answer["Location"] == "/ctx/d%20i/?q=1")
        #expect(answer["Content-Length"] == "0")
        let other = try await ServedFiles(["directoryRedirectStatusCode": "307"]).write("d/x", "x")
        #expect(await other.send("GET", "//d").status == 307)
        #expect(await other.send("GET", "//d")["Location"] == "/d/")
    }

    @Test("conditions that do not hold are answered without the file")
    func checksConditions() async throws {
        let served = try await ServedFiles().write("index.html", "hello")
        func status(_ name: String, _ value: String, method: String = "GET") async -> Int {
            await served.send(method, "/index.html", [(name: name, value: value)]).status
        }
        #expect(await status("If-None-Match", "W/\"5-1787333635000\"") == 304)
        #expect(await status("If-None-Match", "*", method: "POST") == 412)
        #expect(await status("If-Match", "W/\"5-1787333635000\"") == 412)
        #expect(await status("If-Match", "nonsense") == 400)
        #expect(await status("If-Modified-Since", "Fri, 21 Aug 2026 17:33:55 GMT") == 304)
        #expect(await status("If-Modified-Since", "Fri, 21 Aug 2026 17:33:54 GMT") == 200)
        #expect(await status("If-Unmodified-Since", "Fri, 21 Aug 2026 17:33:54 GMT") == 412)
        #expect(await status("If-Modified-Since", "yesterday") == 200)
        let unchanged = await served.send("GET", "/index.html", [(name: "If-None-Match", value: "*")])
        #expect(unchanged.lines.filter { !$0.hasPrefix("Content-Length") } == ["ETag: W/\"5-1787333635000\""])
        #expect(unchanged.text == "")
        let missing = await served.send("GET", "/none", [(name: "If-Match", value: "*")])
        #expect(missing.status == 412)
    }

    @Test("ranges are answered with the bytes asked for")
    func servesRanges() async throws {
        let served = try await ServedFiles().write("index.html", "0123456789")
        let single = await served.send("GET", "/index.html", [(name: "Range", value: "bytes=2-4")])
        #expect(single.status == 206)
        #expect(single.text == "234")
        #expect(single["Content-Range"] == "bytes 2-4/10")
        #expect(single["Content-Length"] == "3")
        let several = await served.send("GET", "/index.html", [(name: "Range", value: "bytes=0-1,-2")])
        #expect(several.status == 206)
        #expect(several["Content-Type"] == "multipart/byteranges; boundary=CATALINA_MIME_BOUNDARY")
        #expect(several["Content-Length"] == "\(several.bytes.count)")
        let parts = [("0-1", "01"), ("8-9", "89")].map { range, text in
            "\r\n--CATALINA_MIME_BOUNDARY\r\nContent-Type: text/html\r\nContent-Range: bytes \(range)/10\r\n\r\n\(text)"
        }
        #expect(several.text == parts.joined() + "\r\n--CATALINA_MIME_BOUNDARY--")
        let refused = await served.send("GET", "/index.html", [(name: "Range", value: "bytes=20-30")])
        #expect(refused.status == 416)
        #expect(refused["Content-Range"] == "bytes */10")
        #expect(await served.send("HEAD", "/index.html", [(name: "Range", value: "bytes=2-4")]).status == 200)
        let tagged = [(name: "Range", value: "bytes=2-4"), (name: "If-Range", value: "W/\"10-1787333635000\"")]
        #expect(await served.send("GET", "/index.html", tagged).status == 200)
        let dated = [(name: "Range", value: "bytes=2-4"), (name: "If-Range", value: "Fri, 21 Aug 2026 17:33:55 GMT")]
        #expect(await served.send("GET", "/index.html", dated).status == 206)
    }

    @Test("a file too large for memory is sent by the kernel, or read in pieces")
    func sendsLargeFiles() async throws {
        let large = [UInt8](repeating: 0x61, count: 700_000)
        let served = try await ServedFiles()
        try served.files.write("app/large.bin", large)
        let whole = await served.send("GET", "/large.bin")
        #expect(whole.hook.files.map(\.length) == [700_000])
        #expect(whole["Content-Length"] == "700000")
        let part = await served.send("GET", "/large.bin", [(name: "Range", value: "bytes=100000-299999")])
        #expect(part.hook.files.map(\.offset) == [100_000])
        let small = await served.send("GET", "/large.bin", [(name: "Range", value: "bytes=5-9")])
        #expect(small.hook.files.isEmpty)
        #expect(small.text == "aaaaa")
        let copying = try await ServedFiles(["sendfileSize": "-1"])
        try copying.files.write("app/large.bin", large)
        let copied = await copying.send("GET", "/large.bin")
        #expect(copied.hook.files.isEmpty)
        #expect(copied.bytes == large)
    }

    @Test("compressed siblings are served to those who accept them")
    func servesCompressed() async throws {
        let served = try await ServedFiles(["precompressed": "true"])
        try served.write("p.js", "<b>js</b>")
        try served.write("p.js.gz", "gzgz")
        let packed = await served.send("GET", "/p.js", [(name: "Accept-Encoding", value: "gzip")])
        #expect(packed.text == "gzgz")
        #expect(packed["Content-Encoding"] == "gzip")
        #expect(packed["vary"] == "accept-encoding")
        #expect(packed["Content-Type"] == "text/javascript")
        #expect(packed["ETag"] == "W/\"9-1787333635000\"")
        let plain = await served.send("GET", "/p.js")
        #expect(plain.text == "<b>js</b>")
        #expect(plain["vary"] == "accept-encoding")
        let range = [(name: "Accept-Encoding", value: "gzip"), (name: "Range", value: "bytes=0-1")]
        #expect(await served.send("GET", "/p.js", range)["Content-Range"] == "bytes 0-1/4")
        let sibling = await served.send("GET", "/p.js.gz", [(name: "Accept-Encoding", value: "gzip")])
        #expect(sibling["vary"] == nil)
    }

    @Test("strong tags are digests, and Accept-Ranges may be left out")
    func usesStrongTags() async throws {
        let served = try await ServedFiles(["useStrongETags": "true", "useAcceptRanges": "false"])
        try served.write("index.html", "hello")
        let tag = "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\""
        let answer = await served.send("GET", "/index.html")
        #expect(answer["ETag"] == tag)
        #expect(answer["Accept-Ranges"] == nil)
        #expect(await served.send("GET", "/index.html", [(name: "If-Match", value: tag)]).status == 200)
    }

    @Test("a directory is listed if listings are on")
    func lists() async throws {
        let served = try await ServedFiles(path: "/rw", ["listings": "true", "readmeFile": "readme.html"])
        try served.write("d/a b.txt", "x")
        try served.write("d/readme.html", "<i>readme</i>")
        try served.write("WEB-INF/web.xml", "x")
        let answer = await served.send("GET", "/rw/d/")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "text/html;charset=UTF-8")
        #expect(answer.text.contains("<a href=\"/rw/d/a%20b.txt\">"))
        #expect(answer.text.contains("\r\n<i>readme</i><hr class=\"line\">\r\n"))
        #expect(answer.text.contains("<h3>Apache Tomcat"))
        #expect(answer["ETag"] == nil)
        #expect(!(await served.send("GET", "/rw/").text.contains("WEB-INF")))
        let head = await served.send("HEAD", "/rw/d/")
        #expect(head.status == 200)
        #expect(head["Content-Length"] == answer["Content-Length"])
    }

    @Test("PUT and DELETE are refused where files are read-only")
    func refusesChanges() async throws {
        let served = try await ServedFiles(["allowPostAsGet": "false"]).write("a.txt", "x")
        for method in ["PUT", "DELETE", "POST"] {
            let answer = await served.send(method, "/a.txt", body: [Array("y".utf8)])
            #expect(answer.status == 405)
            #expect(answer["Allow"] == "OPTIONS, GET, HEAD")
        }
        #expect(served.files.text("app/a.txt") == "x")
        let patch = await served.send("PATCH", "/a.txt")
        #expect(patch.status == 501)
        #expect(patch.text.contains("Method [PATCH] is not implemented by this Servlet for this URI"))
        let options = await served.send("OPTIONS", "/a.txt")
        #expect(options.status == 200)
        #expect(options["Allow"] == "OPTIONS, GET, HEAD")
    }

    @Test("PUT stores, DELETE removes")
    func stores() async throws {
        let served = try await ServedFiles(["readonly": "false"])
        try served.files.makeDirectory("app/dir")
        try served.write("full/x", "x")
        #expect(await served.send("GET", "/a.txt").status == 404)
        #expect(await served.send("PUT", "/a.txt", body: [Array("first ".utf8), Array("text".utf8)]).status == 201)
        #expect(await served.send("GET", "/a.txt").text == "first text")
        #expect(await served.send("PUT", "/a.txt", body: [Array("second".utf8)]).status == 204)
        #expect(await served.send("GET", "/a.txt").text == "second")
        #expect(await served.send("PUT", "/none/a.txt", body: [Array("x".utf8)]).status == 409)
        #expect(await served.send("PUT", "/dir", body: [Array("x".utf8)]).status == 409)
        #expect(await served.send("PUT", "/new/", body: [Array("x".utf8)]).status == 409)
        #expect(await served.send("DELETE", "/a.txt").status == 204)
        #expect(await served.send("DELETE", "/a.txt").status == 404)
        #expect(await served.send("DELETE", "/dir").status == 204)
        let full = await served.send("DELETE", "/full")
        #expect(full.status == 405)
        #expect(full["Allow"] == "OPTIONS, GET, HEAD, POST, PUT, DELETE")
        #expect(FileIO.names(in: served.files["work"]) == [])
        let condition = [(name: "If-None-Match", value: "*")]
        #expect(await served.send("PUT", "/full/x", condition, body: [Array("y".utf8)]).status == 412)
    }

    @Test("part of a file is replaced", arguments: Vectors.rows("04/04_put_content_range.jsonl"))
    func storesParts(row: VectorRow) async throws {
        let served = try await ServedFiles([
            "readonly": "false", "allowPartialPut": row["partial_put_allowed"].bool == true ? "true" : "false",
        ])
        _ = await served.send("PUT", "/test.txt", body: [Array("Starting text".utf8)])
        let line = row["content_range"].string ?? ""
        // The line's end is one character.
        let headers = line.isEmpty ? [] : [(name: "Content-Range", value: String(line.dropFirst(15).dropLast()))]
        let answer = await served.send("PUT", "/test.txt", headers, body: [Array("Ending *".utf8)])
        let final = await served.send("GET", "/test.txt").text
        let status = row["header_valid"].bool == false ? 400 : 204
        row.expect("\(answer.status) \(final)", equals: "\(status) \(row["final_text"].string ?? "")")
    }

    @Test("what OPTIONS allows is not answered with 405", arguments: Vectors.rows("04/04_options_allow.jsonl"))
    func allows(row: VectorRow) async throws {
        let served = try await ServedFiles([
            "readonly": row["readonly"].bool == true ? "true" : "false",
            "listings": row["listings"].bool == true ? "true" : "false",
        ])
        try served.write("collection/index.html", "x")
        let url =
            ["collection": "/collection/", "file": "/collection/index.html"][row["url"].string ?? ""] ?? "/unknown"
        let method = row["method"].string ?? ""
        let allowed = await served.send("OPTIONS", url)["Allow"] ?? ""
        let answer = await served.send(method, url, body: method == "PUT" ? [Array("x".utf8)] : [])
        let isListed = allowed.split(separator: ", ").contains(Substring(method))
        // A folder that cannot be deleted is refused, although others may be.
        let isException = method == "DELETE" && url == "/collection/" && row["readonly"].bool == false
        row.expect(
            isListed == (answer.status != 405) || isException || method == "TRACE",
            "\(allowed), \(answer.status)"
        )
    }
}
