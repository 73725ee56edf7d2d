import NIOCore
import ServletAPI
import TestSupport
import Testing

@testable import CatalinaCore
@testable import Coyote

@Suite struct DefaultServletTextTests {
    /// A character that every charset of the rows writes differently, but for ISO-8859-1 and windows-1252.
    static let text = "\u{bd}"

    private static func bytes(_ file: String) -> [UInt8] {
        if file == "utf-8-bom" { return [0xef, 0xbb, 0xbf] + Array(Self.text.utf8) }
        return Charset(name: file)?.encode(Self.text) ?? []
    }

    /// Whether two names stand for charsets that write the text alike.
    private static func isAlike(_ file: String, _ encoding: String) -> Bool {
        let latin = ["cp1252", "iso-8859-1"]
        return file.hasPrefix(encoding) || (latin.contains(file) && latin.contains(encoding))
    }

    @Test("text files keep their text, alone and included", arguments: Vectors.rows("04/04_encoding_inputs.jsonl"))
    func keepsText(row: VectorRow) async throws {
        let file = row["target_file"].string ?? ""
        let output = row["output_encoding"].string ?? ""
        let contextEncoding = row["context_response_encoding"].string
        let setsEncoding = row["call_set_character_encoding"].bool == true
        let usesWriter = row["use_writer"].bool == true
        let parameters = ["fileEncoding": row["file_encoding"].string ?? "", "useBomIfPresent": "true"]
        let served = try await ServedFiles(parameters) { model, classes in
            model.responseCharacterEncoding = contextEncoding
            model.servlets.append(ServletDefinition(name: "include", className: "include"))
            model.servletMappings.append((pattern: "/include", servletName: "include"))
            classes.servlets["include"] = {
                ClosureServlet { request, response in
                    response.contentType = "text/plain"
                    if setsEncoding { response.setCharacterEncoding(output) }
                    func write(_ text: String) async throws {
                        if usesWriter { return try await response.writer().write(text) }
                        try await response.outputStream().write(Charset(name: output)?.encode(text) ?? [])
                    }
                    try await write(Self.text + "-")
                    try await response.flushBuffer()
                    try await request.requestDispatcher("/\(file).txt")?.include(request, response)
                    try await write("-" + Self.text)
                }
            }
        }
        try served.files.write("app/\(file).txt", Self.bytes(file))
        let isIncluded = row["use_include"].bool == true
        let answer = await served.send("GET", isIncluded ? "/include" : "/\(file).txt")
        let named = answer["Content-Type"].flatMap { MediaType(parsing: $0)?.charset } ?? output
        let body = Charset(name: named)?.decode(answer.bytes) ?? ""
        guard isIncluded else { return row.expect(answer.bytes, equals: Self.bytes(file)) }
        // With a charset in the answer the file has to be read rightly; without one its bytes have to fit.
        let isKept =
            usesWriter || setsEncoding
            ? file == "utf-8-bom" || Self.isAlike(file, row["file_encoding"].string ?? "") : Self.isAlike(file, output)
        row.expect(body == "\(Self.text)-\(Self.text)-\(Self.text)", equals: isKept)
    }

    @Test(
        "the byte order mark decides, goes or stays",
        arguments: [
            (.use, .isoLatin1, .isoLatin1, [0xe4]), (.use, .isoLatin1, nil, [0xc3, 0xa4]),
            (.remove, .isoLatin1, .utf8, [0xc3, 0x83, 0xc2, 0xa4]), (.remove, .utf8, nil, [0xc3, 0xa4]),
            (.passThrough, .utf8, nil, [0xef, 0xbb, 0xbf, 0xc3, 0xa4]),
        ] as [(DefaultServlet.Configuration.ByteOrderMark, Charset, Charset?, [UInt8])]
    )
    func handlesMarks(
        mark: DefaultServlet.Configuration.ByteOrderMark,
        encoding: Charset,
        target: Charset?,
        expected: [UInt8]
    ) {
        let conversion = TextConversion(fileEncoding: encoding, mark: mark)
        #expect(conversion.convert([0xef, 0xbb, 0xbf, 0xc3, 0xa4], to: target) == expected)
    }

    @Test("UTF-16 is known by its mark")
    func knowsUTF16() {
        let conversion = TextConversion(fileEncoding: .isoLatin1, mark: .use)
        #expect(conversion.text([0xfe, 0xff, 0x00, 0xe4]) == "ä")
        #expect(conversion.text([0xff, 0xfe, 0xe4, 0x00]) == "ä")
        #expect(conversion.text([0xe4]) == "ä")
        #expect(conversion.text([]) == "")
    }

    @Test("a charset asked for by someone before converts the file")
    func converts() async throws {
        let served = try await ServedFiles { model, classes in
            model.filters = [FilterDefinition(name: "charset", className: "charset")]
            var map = FilterMap(filterName: "charset")
            map.urlPatterns = ["/*"]
            model.filterMaps = [map]
            classes.filters["charset"] = { CharsetFilter() }
        }
        try served.write("a.html", "ä")
        let answer = await served.send("GET", "/a.html", [(name: "Range", value: "bytes=0-0")])
        #expect(answer.status == 200)
        #expect(answer.bytes == [0xe4])
        #expect(answer["Content-Type"] == "text/html;charset=iso-8859-1")
    }

    @Test(
        "init parameters that cannot be are refused",
        arguments: [
            ("fileEncoding", "klingon"), ("useBomIfPresent", "perhaps"), ("sendfileSize", "large"),
            ("precompressed", "br="),
        ]
    )
    func refusesParameters(name: String, value: String) {
        #expect(throws: ServletError.self) { try DefaultServlet.Configuration { $0 == name ? value : nil } }
    }
}

private struct CharsetFilter: Filter {
    func doFilter(
        _ request: any HttpServletRequest,
        _ response: any HttpServletResponse,
        _ chain: any FilterChain
    ) async throws {
        response.setCharacterEncoding("iso-8859-1")
        try await chain.doFilter(request, response)
    }
}
