import TestSupport
import Testing

@testable import CatalinaSession

@Suite struct NamedValuesTests {
    /// Around the number at which the list becomes a table, and back.
    @Test("values are found, replaced and removed, however many there are", arguments: [1, 11, 12, 13, 40])
    func behavesAsADictionary(count: Int) {
        var values = NamedValues<any Sendable>()
        var expected: [String: Int] = [:]
        for number in 0..<count {
            #expect(values.updateValue(number, forKey: "n\(number)") == nil)
            expected["n\(number)"] = number
        }
        for number in stride(from: 0, to: count, by: 2) {
            #expect(values.updateValue(-number, forKey: "n\(number)") as? Int == number)
            expected["n\(number)"] = -number
        }
        for number in stride(from: 0, to: count, by: 3) {
            #expect(values.removeValue(forKey: "n\(number)") as? Int == expected["n\(number)"])
            expected["n\(number)"] = nil
        }
        #expect(values.removeValue(forKey: "n0") == nil)
        #expect(values.count == expected.count)
        #expect(values.isEmpty == expected.isEmpty)
        #expect(values.keys.sorted() == expected.keys.sorted())
        for (name, value) in values { #expect(value as? Int == expected[name]) }
        for name in ["n0", "n1", "n39", "other"] { #expect(values[name] as? Int == expected[name]) }
    }

    @Test("values behave as a dictionary's after any changes", arguments: 1...20)
    func followsAModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var values = NamedValues<Int>()
        var expected: [String: Int] = [:]
        values.reserveCapacity(Int.random(in: 0...20, using: &random))
        for step in 0..<400 {
            let name = "n\(Int.random(in: 0..<16, using: &random))"
            let copy = values
            let before = expected
            switch Int.random(in: 0..<20, using: &random) {
            case 0: (values, expected) = (NamedValues(), [:])
            case 1..<8: #expect(values.removeValue(forKey: name) == expected.removeValue(forKey: name))
            default: #expect(values.updateValue(step, forKey: name) == expected.updateValue(step, forKey: name))
            }
            #expect(Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) }) == expected)
            #expect(Dictionary(uniqueKeysWithValues: copy.map { ($0.key, $0.value) }) == before)
            #expect(values.count == expected.count && values[name] == expected[name])
        }
    }

    @Test("storing nothing removes")
    func removesByAssignment() {
        var values = NamedValues<any Sendable>()
        values["a"] = 1
        values["a"] = nil
        #expect(values.isEmpty)
        values["b"] = "x"
        values.removeAll()
        #expect(values["b"] == nil)
    }
}
