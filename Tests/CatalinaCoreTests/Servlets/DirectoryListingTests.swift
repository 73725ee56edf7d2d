import Foundation
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct DirectoryListingTests {
    static let entries = [
        ("zsub", true, 0, 5000), ("b c&<.txt", false, 43_893, 4000), ("A.bin", false, 2, 2000), ("adir", true, 0, 3000),
        (".hid", false, 1, 2000), ("mid.bin", false, 5000, 1000),
    ].map { name, isDirectory, size, time in
        DirectoryListing.Entry(
            name: name,
            isDirectory: isDirectory,
            size: Int64(size),
            lastModified: Int64(time),
            lastModifiedHTTP: "DATE"
        )
    }

    private func listing(_ query: String?, sorts: Bool = true) -> DirectoryListing {
        DirectoryListing(
            contextPath: "/rw",
            path: "/d/",
            entries: Self.entries,
            order: sorts ? DirectoryListing.Order(query: query) : nil
        )
    }

    private func names(_ page: String) -> [String] {
        page.split(separator: "\r\n").compactMap { line in
            guard line.hasPrefix("<a href="), let start = line.range(of: "<tt>"), let end = line.range(of: "</tt>")
            else {
                return nil
            }
            return String(line[start.upperBound..<end.lowerBound])
        }
    }

    @Test(
        "rows are sorted as the query says",
        arguments: [
            (nil, ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
            ("C=N;O=A", "zsub/ mid.bin b c&amp;&lt;.txt adir/ A.bin .hid", "N;O=D S;O=D M;O=D"),
            ("C=N;O=D", ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
            ("C=S;O=A", "b c&amp;&lt;.txt mid.bin A.bin .hid zsub/ adir/", "N;O=D S;O=D M;O=D"),
            ("C=S;O=D", "adir/ zsub/ .hid A.bin mid.bin b c&amp;&lt;.txt", "N;O=D S;O=A M;O=D"),
            ("C=M;O=A", "zsub/ b c&amp;&lt;.txt adir/ A.bin .hid mid.bin", "N;O=D S;O=D M;O=D"),
            ("C=M;O=D", "mid.bin .hid A.bin adir/ b c&amp;&lt;.txt zsub/", "N;O=D S;O=D M;O=A"),
            ("C=X", ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
            ("O=D", ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
            ("C=S", "adir/ zsub/ .hid A.bin mid.bin b c&amp;&lt;.txt", "N;O=D S;O=A M;O=D"),
            ("C=S&O=D", "adir/ zsub/ .hid A.bin mid.bin b c&amp;&lt;.txt", "N;O=D S;O=A M;O=D"),
            ("c=s;o=d", ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
            ("C=M;O=D;C=N", ".hid A.bin adir/ b c&amp;&lt;.txt mid.bin zsub/", "N;O=A S;O=D M;O=D"),
        ] as [(String?, String, String)]
    )
    func sorts(query: String?, order: String, links: String) {
        let page = self.listing(query).render()
        #expect(self.names(page).joined(separator: " ") == order)
        for link in links.split(separator: " ") { #expect(page.contains("<a href=\"?C=\(link)\">")) }
    }

    @Test("a directory is smaller than an empty file")
    func sortsEmptyFiles() {
        var listing = self.listing("C=S;O=A")
        let empty = DirectoryListing.Entry(
            name: "a",
            isDirectory: false,
            size: 0,
            lastModified: 0,
            lastModifiedHTTP: ""
        )
        listing.entries.append(empty)
        #expect(self.names(listing.render()).suffix(3) == ["a", "zsub/", "adir/"])
    }

    @Test("directories may come first")
    func putsDirectoriesFirst() {
        var listing = self.listing("C=N;O=A")
        listing.sortsDirectoriesFirst = true
        #expect(self.names(listing.render()) == ["zsub/", "adir/", "mid.bin", "b c&amp;&lt;.txt", "A.bin", ".hid"])
    }

    @Test("without sorting the order stays and the column heads are no links")
    func leavesTheOrder() {
        let page = self.listing("C=S;O=A", sorts: false).render()
        #expect(self.names(page).first == "zsub/")
        #expect(!page.contains("?C="))
        #expect(page.contains("<strong>Last Modified</strong>"))
    }

    @Test("the page says where it is, what is there and how large it is")
    func renders() {
        var listing = self.listing(nil)
        listing.serverInfo = "Server/1 <x>"
        listing.readme = "<i>readme</i>\n"
        let page = listing.render()
        #expect(page.hasPrefix("<!doctype html>\r\n<html lang=\"en\">\r\n<head>\r\n"))
        #expect(page.contains("\r\n<title>Directory Listing For [&#47;d&#47;]</title>\r\n"))
        let up = "<h1>Directory Listing For [&#47;d&#47;] – <a href=\"/rw/\"><b>Up To [&#47;]</b></a></h1>\r\n"
        #expect(page.contains(up))
        #expect(page.contains("<a href=\"/rw/d/b%20c&%3C.txt\"><tt>b c&amp;&lt;.txt</tt></a></td>\r\n"))
        #expect(page.contains("<td align=\"right\"><tt>42.8 KiB</tt></td>\r\n"))
        #expect(page.contains("<a href=\"/rw/d/zsub/\"><tt>zsub/</tt></a></td>\r\n<td align=\"right\"><tt>&nbsp;</tt>"))
        #expect(
            page.contains(
                "<hr class=\"line\">\r\n<i>readme</i>\n<hr class=\"line\">\r\n<h3>Server&#47;1 &lt;x&gt;</h3>"
            )
        )
        #expect(page.components(separatedBy: "<tr bgcolor=\"#eeeeee\">").count == 4)
    }

    @Test("the root has nothing above it, and the server may keep its name back")
    func rendersTheRoot() {
        let page = DirectoryListing(contextPath: "", path: "/", entries: []).render()
        #expect(page.contains("<h1>Directory Listing For [&#47;]</h1>"))
        #expect(!page.contains("<h3>"))
    }

    @Test(
        "sizes have one decimal and are at least 0.1 KiB",
        arguments: [
            (0, "0.0"), (1, "0.1"), (51, "0.1"), (102, "0.1"), (103, "0.1"), (1000, "0.9"), (1024, "1.0"),
            (2100, "2.0"),
            (43_893, "42.8"), (5_000_000, "4882.8"),
        ]
    )
    func showsSizes(bytes: Int, expected: String) {
        #expect(DirectoryListing.size(Int64(bytes)) == expected + " KiB")
    }
}
