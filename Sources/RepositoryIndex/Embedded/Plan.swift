/// How a query is evaluated: as much of it as possible in one FTS5 expression, the rest by combining results.
indirect enum Plan: Equatable {
    case none
    case all
    case text(TextExpression)
    /// Found already, each scoring so much.
    case documents([Int64], score: Double)
    case every([Plan])
    case any([Plan])
    case except(Plan, Plan)
    /// The first plan's documents; those that a further plan finds score more.
    case preferring(Plan, [Plan])

    /// Whether all documents score the same.
    var isUniform: Bool {
        switch self {
        case .none, .all, .documents: true
        case .text(let expression): expression.isUniform
        case .every(let plans): plans.allSatisfy(\.isUniform)
        case .except(let plan, _): plan.isUniform
        case .any, .preferring: false
        }
    }

    private var expression: TextExpression? {
        guard case .text(let expression) = self, expression.depth < TextExpression.depthMaximum else { return nil }
        return expression
    }

    /// Splits off what can be one FTS5 expression.
    private static func joined(
        _ plans: [Plan],
        by join: ([TextExpression]) -> TextExpression
    ) -> [Plan] {
        let expressions = plans.compactMap(\.expression)
        guard expressions.count > 1 else { return plans }
        return [.text(join(expressions))] + plans.filter { $0.expression == nil }
    }

    static func all(of plans: [Plan]) -> Plan {
        guard !plans.contains(.none) else { return .none }
        // Everything but a few, and something else: something else without those few.
        var exceptions: [Plan] = []
        var rest: [Plan] = []
        for plan in plans where plan != .all {
            if case .except(.all, let exception) = plan { exceptions.append(exception) } else { rest.append(plan) }
        }
        let parts = self.joined(rest, by: TextExpression.all)
        let base: Plan =
            switch parts.count {
            case 0: .all
            case 1: parts[0]
            default: .every(parts)
            }
        return base.excluding(.any(of: exceptions))
    }

    static func any(of plans: [Plan]) -> Plan {
        let isAll = plans.contains(.all)
        let parts = self.joined(plans.filter { $0 != .none && $0 != .all }, by: TextExpression.any)
        if isAll { return .all(preferring: parts) }
        switch parts.count {
        case 0: return .none
        case 1: return parts[0]
        default: return .any(parts)
        }
    }

    private static func all(preferring plans: [Plan]) -> Plan { plans.isEmpty ? .all : .preferring(.all, plans) }

    func excluding(_ plan: Plan) -> Plan {
        switch (self, plan) {
        case (_, .none), (.none, _): return self
        case (_, .all): return .none
        default:
            guard let left = self.expression, let right = plan.expression else { return .except(self, plan) }
            return .text(left.excluding(right))
        }
    }

    func preferring(_ plans: [Plan]) -> Plan {
        let plans = plans.filter { $0 != .none && $0 != .all }
        guard !plans.isEmpty, self != .none else { return self }
        let expressions = plans.compactMap(\.expression)
        guard let expression = self.expression, expressions.count == plans.count else {
            return .preferring(self, plans)
        }
        return .text(expression.preferring(expressions))
    }
}
