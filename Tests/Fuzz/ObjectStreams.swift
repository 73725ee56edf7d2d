import NIOCore

@testable import JavaSerialization

/// A Java object stream: what was read must read the same once it was written.
func fuzzObjects(_ bytes: [UInt8]) {
    if let first = try? JavaStream(bytes) {
        let encoded = first.encoded()
        do throws(JavaSerializationError) {
            expectSame("\(encoded.readableBytesView)", "\(try JavaStream(encoded).encoded().readableBytesView)")
        } catch {
            expectSame("refused: \(error)", "")
        }
    }
    guard var input = try? JavaObjectInputStream(bytes) else { return }
    while !input.isAtEnd {
        do throws(JavaSerializationError) {
            fuzzValue(try input.readObject())
        } catch .unreadPrimitiveData {
            guard (try? input.readByte()) != nil else { return }
        } catch .writeAborted {
            continue
        } catch {
            return
        }
    }
}

/// A value that was read must be writable, and what was written readable.
private func fuzzValue(_ value: JavaValue) {
    _ = value.expanded
    _ = value.object?.fields
    do throws(JavaSerializationError) {
        var output = JavaObjectOutputStream()
        try output.writeObject(value)
        var again = try JavaObjectInputStream(output.finish())
        _ = try again.readObject()
        expectSame("\(again.isAtEnd)", "true")
    } catch {
        expectSame("refused: \(error)", "")
    }
}
