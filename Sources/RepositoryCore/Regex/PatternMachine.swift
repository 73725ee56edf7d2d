/// A pattern as instructions for a backtracking machine.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case one(ScalarSet)
        /// Goes on at the first address, later at the second.
        case split(Int, Int)
        case jump(Int)
        /// Remembers the position in a slot: two per group, then one per loop.
        case save(Int)
        /// Goes on only if the position has moved since it was saved in the slot.
        case requireProgress(slot: Int)
        /// Forgets what groups in a range of slots have captured, as each turn of a loop begins anew.
        case clear(Range<Int>)
        case assertion(PatternAssertion)
        case backReference(Int)
        /// Runs the program that ends before `next` as a condition.
        case look(isBehind: Bool, isNegative: Bool, next: Int)
        case match
    }

    var instructions: [Instruction] = []
    var slotCount: Int
}

/// Translates a syntax tree.
struct PatternCompiler {
    /// Most instructions of one program; counted repetitions are written out.
    private static let sizeMaximum = 50_000

    private var program: PatternProgram

    static func program(for node: PatternNode, groups: Int) throws(ECMAPatternError) -> PatternProgram {
        var compiler = PatternCompiler(program: PatternProgram(slotCount: 2 * groups))
        try compiler.emit(node)
        try compiler.append(.match)
        return compiler.program
    }

    private var next: Int { self.program.instructions.count }

    private mutating func append(_ instruction: PatternProgram.Instruction) throws(ECMAPatternError) {
        guard self.next < Self.sizeMaximum else { throw .tooLarge }
        self.program.instructions.append(instruction)
    }

    private mutating func emit(_ node: PatternNode) throws(ECMAPatternError) {
        switch node {
        case .empty: break
        case .one(let set): try self.append(.one(set))
        case .sequence(let nodes): for node in nodes { try self.emit(node) }
        case .alternatives(let nodes): try self.emit(alternatives: nodes)
        case .group(let node, let index):
            try self.append(.save(2 * index))
            try self.emit(node)
            try self.append(.save(2 * index + 1))
        case .backReference(let index):
            // A reference to a group that does not exist is one that has captured nothing.
            try self.append(.backReference(2 * index + 1 < self.program.slotCount ? index : 0))
        case .look(let node, let isBehind, let isNegative):
            let start = self.next
            try self.append(.match)
            try self.emit(node)
            try self.append(.match)
            self.program.instructions[start] = .look(isBehind: isBehind, isNegative: isNegative, next: self.next)
        case .assertion(let assertion): try self.append(.assertion(assertion))
        case .repetition(let node, let atLeast, let atMost, let isLazy):
            try self.emit(node, atLeast: atLeast, atMost: atMost, isLazy: isLazy)
        }
    }

    private mutating func emit(alternatives nodes: [PatternNode]) throws(ECMAPatternError) {
        var exits: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try self.emit(node)
                continue
            }
            let split = self.next
            try self.append(.match)
            try self.emit(node)
            exits.append(self.next)
            try self.append(.match)
            self.program.instructions[split] = .split(split + 1, self.next)
        }
        for exit in exits { self.program.instructions[exit] = .jump(self.next) }
    }

    private mutating func emit(
        _ node: PatternNode,
        atLeast: Int,
        atMost: Int?,
        isLazy: Bool
    ) throws(ECMAPatternError) {
        for _ in 0..<atLeast { try self.emit(node) }
        guard let atMost else { return try self.emit(loop: node, isLazy: isLazy) }
        var splits: [Int] = []
        for _ in atLeast..<max(atLeast, atMost) {
            splits.append(self.next)
            try self.append(.match)
            try self.emit(node)
        }
        for split in splits { self.program.instructions[split] = self.choice(split + 1, self.next, isLazy) }
    }

    private func choice(_ inner: Int, _ outer: Int, _ isLazy: Bool) -> PatternProgram.Instruction {
        isLazy ? .split(outer, inner) : .split(inner, outer)
    }

    private mutating func emit(loop node: PatternNode, isLazy: Bool) throws(ECMAPatternError) {
        let slot = self.program.slotCount
        self.program.slotCount += 1
        let split = self.next
        try self.append(.match)
        try self.append(.save(slot))
        if let groups = Self.groups(in: node) {
            try self.append(.clear(2 * groups.lowerBound..<2 * groups.upperBound + 2))
        }
        try self.emit(node)
        try self.append(.requireProgress(slot: slot))
        try self.append(.jump(split))
        self.program.instructions[split] = self.choice(split + 1, self.next, isLazy)
    }

    /// First and last group within a node.
    private static func groups(in node: PatternNode) -> ClosedRange<Int>? {
        switch node {
        case .group(let node, let index):
            let inner = self.groups(in: node)
            return index...(inner?.upperBound ?? index)
        case .sequence(let nodes), .alternatives(let nodes):
            let inner = nodes.compactMap { self.groups(in: $0) }
            guard let first = inner.first, let last = inner.last else { return nil }
            return first.lowerBound...last.upperBound
        case .look(let node, _, _), .repetition(let node, _, _, _): return self.groups(in: node)
        case .empty, .one, .backReference, .assertion: return nil
        }
    }
}

/// Runs a program over a text, trying one way after the other.
struct PatternMachine {
    /// Instructions after which a search gives up.
    private static let stepsMaximum = 2_000_000
    /// Look-arounds within look-arounds; the pattern's own depth bounds it too.
    private static let depthMaximum = 100

    private struct Thread {
        var address: Int
        var position: Int
        var slots: [Int]
    }

    let program: PatternProgram
    let text: [Unicode.Scalar]
    private var steps = 0

    init(program: PatternProgram, text: [Unicode.Scalar]) {
        self.program = program
        self.text = text
    }

    mutating func search() throws(ECMAPatternError) -> Bool {
        for start in 0...self.text.count
        where try self.run(from: start, at: 0, slots: self.noSlots, endingAt: nil, depth: 0) != nil {
            return true
        }
        return false
    }

    private var noSlots: [Int] { Array(repeating: -1, count: self.program.slotCount) }

    /// Slots at the first way that matches, where it may have to end at a given position.
    private mutating func run(
        from position: Int,
        at address: Int,
        slots: [Int],
        endingAt end: Int?,
        depth: Int
    ) throws(ECMAPatternError) -> [Int]? {
        guard depth < Self.depthMaximum else { throw .tooManySteps }
        var stack = [Thread(address: address, position: position, slots: slots)]
        while var thread = stack.popLast() {
            running: while true {
                self.steps += 1
                guard self.steps < Self.stepsMaximum else { throw .tooManySteps }
                switch self.program.instructions[thread.address] {
                case .match:
                    guard end == nil || end == thread.position else { break running }
                    return thread.slots
                case .split(let first, let second):
                    stack.append(Thread(address: second, position: thread.position, slots: thread.slots))
                    thread.address = first
                case .jump(let address):
                    thread.address = address
                case .look(let isBehind, let isNegative, let next):
                    let found = try self.look(thread, isBehind: isBehind, depth: depth)
                    guard (found == nil) == isNegative else { break running }
                    if let found, !isNegative { thread.slots = found }
                    thread.address = next
                default:
                    guard self.step(&thread) else { break running }
                }
            }
        }
        return nil
    }

    private mutating func look(_ thread: Thread, isBehind: Bool, depth: Int) throws(ECMAPatternError) -> [Int]? {
        let start = thread.address + 1
        guard isBehind else {
            return try self.run(from: thread.position, at: start, slots: thread.slots, endingAt: nil, depth: depth + 1)
        }
        for position in (0...thread.position).reversed() {
            let found = try self.run(
                from: position,
                at: start,
                slots: thread.slots,
                endingAt: thread.position,
                depth: depth + 1
            )
            if let found { return found }
        }
        return nil
    }

    /// One instruction that goes on at the next one or fails.
    private func step(_ thread: inout Thread) -> Bool {
        switch self.program.instructions[thread.address] {
        case .one(let set):
            guard thread.position < self.text.count, set.contains(self.text[thread.position]) else { return false }
            thread.position += 1
        case .save(let slot): thread.slots[slot] = thread.position
        case .requireProgress(let slot): guard thread.slots[slot] != thread.position else { return false }
        case .clear(let slots): for slot in slots { thread.slots[slot] = -1 }
        case .assertion(let assertion): guard self.holds(assertion, at: thread.position) else { return false }
        case .backReference(let group): guard self.follow(group, &thread) else { return false }
        case .split, .jump, .look, .match: return false
        }
        thread.address += 1
        return true
    }

    private func follow(_ group: Int, _ thread: inout Thread) -> Bool {
        let start = thread.slots[2 * group]
        let end = thread.slots[2 * group + 1]
        guard group > 0, start >= 0, end >= start else { return true }
        let captured = self.text[start..<end]
        guard self.text[thread.position...].starts(with: captured) else { return false }
        thread.position += captured.count
        return true
    }

    private func holds(_ assertion: PatternAssertion, at position: Int) -> Bool {
        switch assertion {
        case .start: position == 0
        case .end: position == self.text.count
        case .wordBoundary: self.isWordBoundary(position)
        case .noWordBoundary: !self.isWordBoundary(position)
        }
    }

    private func isWordBoundary(_ position: Int) -> Bool {
        let before = position > 0 && ScalarSet.isWord(self.text[position - 1])
        let after = position < self.text.count && ScalarSet.isWord(self.text[position])
        return before != after
    }
}
