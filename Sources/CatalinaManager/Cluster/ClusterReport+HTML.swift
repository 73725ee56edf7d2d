import CatalinaCore

extension ClusterReport {
    /// The report as a page for people.
    func html(in frame: ManagerFrame) -> String {
        guard !self.groups.isEmpty else {
            return ManagerPage.html(
                "Cluster",
                in: frame,
                "<p>This server belongs to no cluster. The <a href=\"/docs/cluster-howto.html\">manual</a> tells how it joins one.</p>\n"
            )
        }
        return ManagerPage.html("Cluster", in: frame, self.groups.map(self.html).joined())
    }

    private func html(_ group: Group) -> String {
        "<h2>\(HTMLText.escaped(group.name))</h2>\n" + self.overview(group)
            + "<h3>Members</h3>\n" + self.members(group)
            + "<h3>Applications</h3>\n" + self.applications(group)
            + "<h3>Messages</h3>\n" + Self.traffic(group)
            + "<h3>Failures</h3>\n" + Self.failures(group)
            + "<h3>Interceptors</h3>\n"
            + ManagerPage.table(
                ["Interceptor, from above to below", "What it counted"],
                group.interceptors.map { interceptor in
                    [interceptor.name, interceptor.counts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")]
                }
            )
    }

    private func overview(_ group: Group) -> String {
        ManagerPage.facts([
            ("State", group.cluster.text("stateName") ?? ""),
            ("Other members", group.cluster.shown("memberCount")),
            ("Send options", group.cluster.text("channelSendOptionsName") ?? ""),
            ("Receiver", "\(group.receiver.shown("Address")):\(group.receiver.shown("Port"))"),
            ("Membership", Self.lastWord(of: group.membership.text("modelerType"))),
        ])
    }

    private func members(_ group: Group) -> String {
        ManagerPage.table(
            ["Member", "State", "Age", "Here for", "Last heard of", "Messages from it"],
            numbers: 2..<6,
            group.members.map { member in
                let isLocal = member.text("local") == "true"
                let since = member.number("memberSince")
                let start = member.number("serviceStartTime")
                return [
                    member.shown("name"),
                    isLocal ? "this node" : member.text("ready") == "true" ? "ready" : "failing",
                    start > 0 ? SessionsPage.clock(self.now - start) : "",
                    since > 0 ? SessionsPage.clock(self.now - since) : "",
                    since > 0 ? "\(Self.seconds(max(0, self.now - member.number("lastHeardTime")))) s ago" : "",
                    isLocal ? "" : member.shown("msgCount"),
                ]
            }
        )
    }

    private func applications(_ group: Group) -> String {
        ManagerPage.table(
            [
                "Application", "Manager", "Active", "Primary", "Backup", "Proxy", "Made", "Expired", "Rejected",
                "Waiting messages", "Changes sent", "Changes received",
            ],
            numbers: 2..<12,
            group.applications.map { application in
                let facts = application.facts
                return [application.name, Self.lastWord(of: facts.text("className"))]
                    + [
                        "activeSessions", "primarySessions", "backupSessions", "proxySessions", "sessionCounter",
                        "expiredSessions", "rejectedSessions", "receivedQueueSize", "counterSend_EVT_SESSION_DELTA",
                        "counterReceive_EVT_SESSION_DELTA",
                    ].map(facts.shown)
            }
        )
    }

    private static func traffic(_ group: Group) -> String {
        let (receiver, sender, dispatch) = (group.receiver, group.sender, group.dispatch)
        return ManagerPage.facts([
            ("Messages received", receiver.shown("TaskCount")),
            ("Bytes received", StatusReport.mebibytes(receiver.number("ByteCount"))),
            ("Connections of others", receiver.shown("ConnectionCount")),
            ("Messages sent", sender.shown("MessageCount")),
            ("Bytes sent", StatusReport.mebibytes(sender.number("ByteCount"))),
            ("Connections in use", sender.shown("InUsePoolSize")),
            ("Connections idle", sender.shown("InPoolSize")),
            ("Bytes waiting for members", sender.shown("QueuedSize")),
            ("Queued messages", dispatch.shown("ActiveCount")),
            ("Bytes of them", dispatch.shown("CurrentSize")),
        ])
    }

    private static func failures(_ group: Group) -> String {
        let (cluster, receiver, sender) = (group.cluster, group.receiver, group.sender)
        let missed = group.applications.reduce(Int64(0)) { $0 + $1.facts.number("counterNoStateTransferred") }
        let early = group.applications.reduce(Int64(0)) { $0 + $1.facts.number("earlyDeltasDropped") }
        return ManagerPage.facts([
            ("Session messages not sent", cluster.shown("sendFailures")),
            ("Session messages not understood", cluster.shown("receiveFailures")),
            ("Messages a member did not get", sender.shown("FailureCount")),
            ("Lost to a full queue", sender.shown("OverflowCount")),
            ("Refused to a full dispatcher", group.dispatch.shown("RefusedCount")),
            ("Refused here", receiver.shown("RefusedCount")),
            ("Came a second time", receiver.shown("DuplicateCount")),
            ("Malformed", receiver.shown("MalformedCount")),
            ("Too large", receiver.shown("OversizedCount")),
            ("Of unknown senders", receiver.shown("UnknownSenderCount")),
            ("Connections turned away", receiver.shown("TurnedAwayCount")),
            ("Starts without state", String(missed)),
            ("Changes without session", String(early)),
        ])
    }

    /// `12.3`.
    private static func seconds(_ milliseconds: Int64) -> String {
        "\(milliseconds / 1000).\(milliseconds % 1000 / 100)"
    }

    private static func lastWord(of className: String?) -> String {
        className?.split(separator: ".").last.map(String.init) ?? ""
    }
}

extension StatusReport.Facts {
    /// The value as a page shows it; nothing for what the bean does not have.
    fileprivate func shown(_ name: String) -> String { self.text(name) ?? "" }
}
