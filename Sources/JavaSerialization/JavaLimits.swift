/// How much of a machine one object stream may use.
///
/// What a reader allocates is bounded by the size of its input times a small factor (about 32) whatever the input says;
/// these bounds are for what is well formed and still unwelcome.
package struct JavaLimits: Sendable, Equatable {
    /// Which bound was reached.
    package enum Kind: Sendable, Equatable {
        case streamSize
        case nesting
        case handles
        case superclasses
        case fields
        case expandedValues
    }

    /// Largest stream, in bytes.
    package var streamSizeMaximum = 256 << 20
    /// Objects within objects; Java's own writer ends near 2,000 with its default stack.
    package var nestingMaximum = 4_096
    /// Contents of one stream of which each refers to the one before it.
    package var importChainMaximum = 256
    /// Back-reference handles given out in one stream.
    package var handlesMaximum = 1 << 24
    /// Length of the chain from a class to its topmost superclass.
    package var superclassesMaximum = 64
    /// Fields that one class declares.
    package var fieldsMaximum = 4_096
    /// Containers within containers that become live values; what is deeper stays an opaque object.
    package var liveNestingMaximum = 64
    /// Values made by expanding an object in which parts are shared, so that no small graph becomes a huge tree.
    package var expandedValuesMaximum = 1 << 20

    package init() {}
}
