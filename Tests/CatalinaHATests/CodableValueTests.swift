import Foundation
import JavaSerialization
import ServletAPI
import Testing

@testable import CatalinaHA

@Suite struct CodableValueTests {
    struct Line: Codable, Equatable, Sendable {
        var name: String
        var amount: UInt8
        var price: Double?
    }

    struct Basket: Codable, Equatable, Sendable {
        enum State: String, Codable { case open, paid }
        var owner: String
        var lines: [Line]
        var state: State
        var at: Date
        var tags: [String: Int]
        var blob: Data
        var id: UUID
        var bytes: [UInt8]
        var nothing: Int?
    }

    static let basket = Basket(
        owner: "joe",
        lines: [Line(name: "a", amount: 200, price: 1.5), Line(name: "b", amount: 1, price: nil)],
        state: .paid,
        at: Date(timeIntervalSince1970: 1_700_000_000.123),
        tags: ["x": 1],
        blob: Data([1, 2, 255]),
        id: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff)),
        bytes: [9],
        nothing: nil
    )

    @Test("a struct travels as a map, and comes back as itself")
    func roundTrip() throws {
        let java = try #require(SessionValue.java(Self.basket))
        #expect(java.className == "java.util.LinkedHashMap")
        let entries = try #require(java.entries)
        let byName = Dictionary(uniqueKeysWithValues: entries.map { ($0.key.string ?? "", $0.value.className ?? "") })
        #expect(byName["at"] == "java.util.Date")
        #expect(byName["blob"] == "[B")
        #expect(byName["id"] == "java.util.UUID")
        #expect(byName["lines"] == "java.util.ArrayList")
        var stream = JavaObjectOutputStream()
        try stream.writeObject(java)
        var input = try JavaObjectInputStream(stream.finishedBytes())
        let received = try input.readObject()
        let again = try #require(CodableValue.swift(received, as: Basket.self))
        #expect(abs(again.at.timeIntervalSince(Self.basket.at)) < 0.001)
        var same = again
        same.at = Self.basket.at
        #expect(same == Self.basket)
    }

    @Test("values of Foundation are values of Java's library")
    func foundation() throws {
        #expect(SessionValue.java(Date(timeIntervalSince1970: 1.5)) == .date(1_500))
        #expect(SessionValue.java(Data([1, 2])) == .bytes([1, 2]))
        #expect(CodableValue.swift(.date(1_500), as: Date.self) == Date(timeIntervalSince1970: 1.5))
        #expect(CodableValue.swift(.bytes([1, 2]), as: Data.self) == Data([1, 2]))
        let url = try #require(URL(string: "http://a/b"))
        #expect(CodableValue.swift(try #require(SessionValue.java(url)), as: URL.self) == url)
    }

    @Test("an integer of another width is one where it fits")
    func widths() {
        #expect(CodableValue.swift(.int(7), as: Int.self) == 7)
        #expect(CodableValue.swift(.long(7), as: Int32.self) == 7)
        #expect(CodableValue.swift(.long(7), as: Int64.self) == 7)
        #expect(CodableValue.swift(.long(1 << 40), as: Int32.self) == nil)
        #expect(CodableValue.swift(.string("7"), as: Int.self) == nil)
        #expect(CodableValue.swift(.float(1.5), as: Double.self) == 1.5)
    }

    @Test("what is of another type is none", arguments: [JavaValue.string("x"), .hashMap([]), .arrayList([.int(1)])])
    func mismatch(java: JavaValue) {
        #expect(CodableValue.swift(java, as: Basket.self) == nil)
    }

    final class Endless: Codable, Sendable {
        init() {}
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(Endless())
        }
    }

    @Test("a value within itself ends")
    func nesting() {
        #expect(SessionValue.java(Endless()) == nil)
    }

    @Test("a session gives an application its own type back")
    func session() async throws {
        let nodes = try await TestNode.group(2)
        let session = try await nodes[0].request { try $0.setAttribute("basket", Self.basket) }
        #expect(try session.attribute("basket", as: Basket.self) == Self.basket)
        let copy = try #require(nodes[1].manager.session(session.id))
        #expect(try copy.attribute("basket", as: Basket.self)?.lines == Self.basket.lines)
        #expect(try copy.attribute("basket") is Basket)
        #expect(copy.record.attributes.first?.value.className == "java.util.LinkedHashMap")
        try await nodes.stop()
    }
}
