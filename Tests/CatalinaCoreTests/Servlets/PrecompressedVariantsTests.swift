import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct PrecompressedVariantsTests {
    @Test(
        "the client's quality decides, then the server's order",
        arguments: [
            (["gzip"], "gzip"), (["br"], "br"), (["gzip, br"], "br"), (["gzip;q=0.9, br;q=0.5"], "gzip"),
            (["*"], "br"), (["identity"], nil), (["identity;q=0.5, gzip;q=0.1"], nil), (["br;q=1.0, gzip"], "br"),
            (["deflate"], nil), (["x-gzip"], nil), ([""], nil), ([], nil), (["br", "gzip;q=0.2"], "br"),
            (["*;q=0.5, gzip;q=0.3"], "br"), (["br;q=0"], nil), (["gzip;q=0, *"], "br"), (["gzip;q=abc"], nil),
            (["gzip;q=2"], nil), (["gzip;level=1"], nil), (["gzip;q=abc, br;q=0.1"], "br"),
        ] as [([String], String?)]
    )
    func chooses(fields: [String], expected: String?) {
        let encodings = ["br", "gzip"]
        #expect(PrecompressedVariants.best(fields, among: encodings).map { encodings[$0] } == expected)
    }

    @Test("the init parameter is true, or names codings with their extensions")
    func readsFormats() {
        typealias Format = PrecompressedVariants.Format
        let both = [Format(fileExtension: ".br", encoding: "br"), Format(fileExtension: ".gz", encoding: "gzip")]
        #expect(PrecompressedVariants.formats("true") == both)
        #expect(PrecompressedVariants.formats("br=.br,gzip=.gz") == both)
        #expect(PrecompressedVariants.formats("zstd=.zst") == [Format(fileExtension: ".zst", encoding: "zstd")])
        #expect(PrecompressedVariants.formats(nil) == [])
        #expect(PrecompressedVariants.formats("false") == [])
        #expect(PrecompressedVariants.formats("br=") == nil)
        #expect(PrecompressedVariants.formats("br=.br,gzip") == nil)
    }
}
