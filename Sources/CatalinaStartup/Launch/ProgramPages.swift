import Glibc

/// The pages of the program's and its libraries' files that the process has mapped.
enum ProgramPages {
    /// Unmaps the pages of code and constants; those that are used from now on come back one by one.
    ///
    /// The kernel maps sixteen pages around each one that is touched, so that after the start most of every library
    /// counts as resident although little of it is ever used again. The pages stay in the kernel's cache of files:
    /// coming back is a minor fault without input. To be called when the start is over.
    static func release() {
        // A system without this file maps pages in its own way.
        guard let file = fopen("/proc/self/smaps", "re") else { return }
        defer { fclose(file) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var mapping: Range<UInt>?
        while getline(&buffer, &capacity, file) > 0, let buffer {
            let fields = String(cString: buffer).split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            if let range = Self.readOnlyFile(fields) {
                mapping = range.isEmpty ? nil : range
            } else if fields.first == "Anonymous:", let range = mapping {
                mapping = nil
                // A page that was written to, as by a relocation, is anonymous; the file does not have it.
                guard fields.dropFirst().first == "0" else { continue }
                // SAFETY: whole pages of a mapping that may not be written and is equal to its file.
                unsafe madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
            }
        }
    }

    /// The addresses of a mapping if this line begins one: none of them unless it is a file that may only be read.
    private static func readOnlyFile(_ fields: [Substring]) -> Range<UInt>? {
        guard fields.count >= 5, fields[1].utf8.count == 4 else { return nil }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2 else { return nil }
        let isFile = fields.count == 6 && fields[5].contains("/")
        return isFile && !fields[1].contains("w") && fields[1].hasPrefix("r") ? ends[0]..<ends[1] : 0..<0
    }
}
