import Synchronization
import TestSupport
import Testing

@testable import CatalinaCore

@Suite struct ResourceTableTests {
    private func entry(_ path: String, kind: WebResource.Kind = .file, nextCheck: Int64 = 0) -> ResourceTable.Entry {
        let located = LocatedResource(kind: kind, file: "/base" + path, size: 1, lastModified: 1)
        return ResourceTable.Entry(WebResource(path, located, mimeType: nil), nextCheck: nextCheck)
    }

    @Test("an entry is found by its path until it is removed")
    func finds() {
        var table = ResourceTable(sizeMaximum: 10_000)
        table.insert(self.entry("/a"))
        table.insert(self.entry("/b"))
        table.insert(self.entry("/c"))
        table.remove("/a")
        let found = [table.entry("/a"), table.entry("/b"), table.entry("/c")].map { $0?.resource.path }
        #expect(found == [nil, "/b", "/c"])
        #expect(table.count == 2)
        #expect(table.size == 2 * (ResourceTable.entryOverhead + 2))
        #expect(table.lookups == 3)
        #expect(table.hits == 2)
    }

    @Test("another entry of a path replaces the first and its cost")
    func replaces() {
        var table = ResourceTable(sizeMaximum: 10_000)
        let first = self.entry("/a")
        table.insert(first)
        let isCharged = table.charge(first.resource, 100)
        #expect(isCharged)
        table.insert(self.entry("/a"))
        #expect(table.count == 1)
        #expect(table.size == ResourceTable.entryOverhead + 2)
        let isChargedAgain = table.charge(first.resource, 100)
        #expect(!isChargedAgain, "what is no longer in the table is not accounted for")
    }

    @Test("entries that were used survive those that were not")
    func dropsTheUnused() {
        var table = ResourceTable(sizeMaximum: 4 * (ResourceTable.entryOverhead + 2))
        for name in ["/a", "/b", "/c", "/d"] { table.insert(self.entry(name)) }
        table.entry("/a")?.markUsed()
        table.entry("/c")?.markUsed()
        table.insert(self.entry("/e"))
        table.insert(self.entry("/f"))
        var left: [String] = []
        for name in ["/a", "/b", "/c", "/d", "/e", "/f"] where table.entry(name) != nil { left.append(name) }
        #expect(left == ["/a", "/c", "/e", "/f"])
    }

    @Test("content too large for the table is not accounted for, and costs at most what it pushed out")
    func refusesLargeContent() {
        var table = ResourceTable(sizeMaximum: 2000)
        let entry = self.entry("/a")
        table.insert(entry)
        let isTooLargeCharged = table.charge(entry.resource, 3000)
        #expect(!isTooLargeCharged)
        #expect(table.size <= 2000)
        let isCharged = table.charge(entry.resource, 1000)
        #expect(isCharged)
        #expect(table.size == 1000 + ResourceTable.entryOverhead + 2)
    }

    @Test("paths that lead nowhere are bounded in number, and go when they expire")
    func boundsTheMissing() {
        var table = ResourceTable(sizeMaximum: 100_000_000)
        for number in 0..<ResourceTable.missingMaximum + 50 {
            table.insert(self.entry("/\(number)", kind: .missing, nextCheck: 10))
        }
        #expect(table.count == ResourceTable.missingMaximum)
        table.insert(self.entry("/there", nextCheck: 20))
        table.removeExpired(before: 15)
        #expect(table.count == 1)
        table.insert(self.entry("/gone", kind: .missing))
        #expect(table.count == 2)
    }

    @Test("whatever happens, size and positions stay consistent", arguments: [1, 2, 3] as [UInt64])
    func survivesRandomUse(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = ResourceTable(sizeMaximum: 20_000)
        for _ in 0..<5000 {
            let path = "/\(Int.random(in: 0..<60, using: &random))"
            switch Int.random(in: 0..<5, using: &random) {
            case 0: table.insert(self.entry(path, kind: Bool.random(using: &random) ? .file : .missing))
            case 1: table.remove(path)
            case 2:
                if let entry = table.entry(path) {
                    _ = table.charge(entry.resource, Int.random(in: 0..<3000, using: &random))
                }
            default:
                guard let entry = table.entry(path) else { continue }
                entry.markUsed()
                #expect(entry.resource.path == path)
            }
            #expect(table.size <= 20_000)
            #expect(table.size >= 0)
        }
        for number in 0..<60 { table.remove("/\(number)") }
        #expect(table.size == 0)
        #expect(table.count == 0)
    }
}
