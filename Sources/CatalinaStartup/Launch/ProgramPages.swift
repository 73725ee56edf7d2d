import Glibc

/// The pages of the program's and its libraries' files that the process has mapped.
enum ProgramPages {
    /// Unmaps the pages of code and constants; those that are used from now on come back one by one.
    ///
    /// The kernel maps sixteen pages around each one that is touched, so that after the start most of every library
    /// counts as resident although little of it is ever used again. The pages stay in the kernel's cache of files:
    /// coming back is a minor fault without input. To be called when the start is over.
    ///
    /// - Returns: the bytes of address space that were unmapped; 0 on a system that cannot list its libraries.
    @discardableResult
    static func release() -> Int {
        guard let symbol = dlsym(nil, "dl_iterate_phdr") else { return 0 }
        // SAFETY: the symbol's name is a contract of the C library; its one meaning is this signature.
        let iterate = unsafe unsafeBitCast(symbol, to: Iterate.self)
        var count = 0
        // While it calls back, the loader neither adds nor removes a library: what is listed is mapped and stays so.
        _ = unsafe iterate(
            { info, _, count in
                guard let info, let count else { return 0 }
                count.assumingMemoryBound(to: Int.self).pointee += LoadedObject(info).release()
                return 0
            },
            &count
        )
        return count
    }

    private typealias Visit =
        @convention(c) (UnsafeRawPointer?, Int, UnsafeMutableRawPointer?) -> CInt
    private typealias Iterate = @convention(c) (Visit, UnsafeMutableRawPointer?) -> CInt
}

/// A program or library in memory.
///
/// Source: dl_iterate_phdr(3), elf(5).
private struct LoadedObject {
    private let base: UInt
    private let headers: UnsafeBufferPointer<Elf64_Phdr>

    /// Reads a `struct dl_phdr_info`: address, name, program headers and their number.
    init(_ info: UnsafeRawPointer) {
        self.base = info.load(as: UInt.self)
        let headers = info.load(fromByteOffset: 16, as: UnsafePointer<Elf64_Phdr>?.self)
        self.headers = UnsafeBufferPointer(start: headers, count: Int(info.load(fromByteOffset: 24, as: UInt16.self)))
    }

    /// Unmaps the whole pages of its read-only segments, which are equal to the file's.
    func release() -> Int {
        guard !self.hasRelocatedText else { return 0 }
        let page = UInt(getpagesize())
        var count = 0
        for header in self.headers where header.p_type == PT_LOAD && header.p_flags & Self.writable == 0 {
            let begin = (self.base + UInt(header.p_vaddr) + page - 1) / page * page
            let end = (self.base + UInt(header.p_vaddr + header.p_filesz)) / page * page
            guard begin < end else { continue }
            // SAFETY: the file has every byte of a segment that nobody may write.
            let outcome = unsafe madvise(UnsafeMutableRawPointer(bitPattern: begin), Int(end - begin), MADV_DONTNEED)
            if outcome == 0 { count += Int(end - begin) }
        }
        return count
    }

    /// Whether the loader wrote addresses into segments that are read-only afterwards: the file does not have them.
    private var hasRelocatedText: Bool {
        guard let header = self.headers.first(where: { $0.p_type == PT_DYNAMIC }),
            let start = UnsafePointer<Elf64_Dyn>(bitPattern: self.base + UInt(header.p_vaddr))
        else { return false }
        let entries = UnsafeBufferPointer(start: start, count: Int(header.p_memsz) / MemoryLayout<Elf64_Dyn>.stride)
        for entry in entries {
            if entry.d_tag == DT_NULL { break }
            if entry.d_tag == DT_TEXTREL { return true }
            if entry.d_tag == DT_FLAGS, entry.d_un.d_val & Self.textRelocation != 0 { return true }
        }
        return false
    }

    /// `PF_W`.
    private static let writable: Elf64_Word = 2
    /// `DF_TEXTREL`.
    private static let textRelocation: Elf64_Xword = 4
}
