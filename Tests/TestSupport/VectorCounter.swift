import Foundation
import Synchronization

/// Counts the rows of every vector file that were compared, and prints one line when a file is complete.
///
/// `bin/test.sh` collects the lines `rows FILE: N agree of M` of a run.
final class VectorCounter: Sendable {
    static let shared = VectorCounter()

    private struct Count {
        var compared = 0
        var agreeing = 0
    }

    private let counts = Mutex<[String: Count]>([:])

    func count(_ row: VectorRow, agrees: Bool) {
        let complete: Count? = self.counts.withLock { counts in
            counts[row.file, default: Count()].compared += 1
            counts[row.file, default: Count()].agreeing += agrees ? 1 : 0
            guard let count = counts[row.file], count.compared == row.total else { return nil }
            counts[row.file] = nil
            return count
        }
        guard let complete else { return }
        let line = "rows \(row.file): \(complete.agreeing) agree of \(row.total)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
