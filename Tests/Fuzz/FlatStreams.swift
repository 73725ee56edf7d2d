import NIOCore

@testable import JavaSerialization

/// What is read without class tables, as changes of sessions and cluster messages are: whatever is not left to the
/// reader of all streams must be what that one reads.
func fuzzFlat(_ bytes: [UInt8], _ seed: UInt8) {
    if seed.isMultiple(of: 2) { fuzzFlatStream(bytes, seed) } else { fuzzFlatObject(bytes) }
}

private func fuzzFlatStream(_ bytes: [UInt8], _ seed: UInt8) {
    guard var flat = JavaFlatStream(bytes) else { return }
    do throws(JavaSerializationError) {
        var whole = try JavaObjectInputStream(bytes)
        // The order of a session's changes, begun anywhere.
        for step in Int(seed / 2)... {
            switch step % 5 {
            case 0, 1:
                guard let number = flat.int() else { return }
                expectSame("\(number)", "\(try whole.readInt())")
            case 2:
                guard let text = flat.utf() else { return }
                expectSame(text, try whole.readUTF())
            case 3:
                guard let boolean = flat.boolean() else { return }
                expectSame("\(boolean)", "\(try whole.readBoolean())")
            default:
                guard let value = flat.value() else { return }
                let same = try whole.readObject()
                if value != same { expectSame("\(value)", "\(same)") }
            }
            expectSame("\(flat.isAtEnd)", "\(whole.isAtEnd)")
        }
    } catch {
        expectSame("refused: \(error)", "")
    }
}

private let example = JavaClassDescriptor(
    "Example",
    uid: 1,
    fields: [.int("number"), .boolean("flag"), .bytes("bytes"), .string("one"), .string("two")],
    superclass: nil
)
private let flatExample = JavaFlatClass(example)

/// The input stands behind the description of a class that is known.
private func fuzzFlatObject(_ bytes: [UInt8]) {
    var stream = flatExample.writer(capacity: bytes.count).buffer
    stream.writeBytes(bytes)
    guard var reader = flatExample.reader(stream), let number = reader.int(), let flag = reader.boolean(),
        let octets = reader.bytes(), let one = reader.text(), let two = reader.text(), reader.isAtEnd
    else { return }
    let values: [JavaValue] = [
        .int(number), .boolean(flag), octets.map { .bytes($0) } ?? .null, .string(orNull: one),
        .string(orNull: two),
    ]
    do throws(JavaSerializationError) {
        var input = try JavaObjectInputStream(stream)
        let fields = try input.readObject().object?.fields.map(\.value) ?? []
        if fields != values { expectSame("\(values)", "\(fields)") }
        expectSame("\(input.isAtEnd)", "true")
    } catch {
        expectSame("refused: \(error)", "")
    }
}
