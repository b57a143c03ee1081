using System.Globalization;
using Hufu.Contracts;

namespace Hufu.Ra.Notices;

/// <summary>What each notice says; the words themselves are policy (<see cref="NoticeTemplates"/>).</summary>
internal static class NoticeText
{
    [Clause("6.2.3.2-a")]
    public static NoticeWords Issued(string application, string title, string code, string until, string address) =>
        Of("issued", ("application", application), ("title", title), ("code", code), ("until", until), ("address", address));

    public static NoticeWords Refused(string application, string title, string reason) => Of("refused", ("application", application), ("title", title), ("reason", reason));

    public static NoticeWords Expiring(string application, string title, string serial, string end, int days) =>
        Of("expiring", ("application", application), ("title", title), ("serial", serial), ("end", end), ("days", days.ToString(CultureInfo.InvariantCulture)));

    public static NoticeWords Suspended(string application, string title, string serial, bool suspended, string when) =>
        Of(suspended ? "suspended" : "resumed", ("application", application), ("title", title), ("serial", serial), ("when", when));

    public static NoticeWords CaseRefused(string application, string title, CertificateCaseKind kind, string reason) =>
        Of("case-refused", ("application", application), ("title", title), ("kind", kind.ToString()), ("reason", reason));

    public static NoticeWords Recovered(string application, string title, string keyCentreCase) => Of("recovered", ("application", application), ("title", title), ("keyCentreCase", keyCentreCase));

    public static NoticeWords RecoveryEntered(string application, string title, string recovery) => Of("recovery-entered", ("application", application), ("title", title), ("recovery", recovery));

    public static NoticeWords RecoveryReleased(string application, string title, string recovery, string until) =>
        Of("recovery-released", ("application", application), ("title", title), ("recovery", recovery), ("until", until));

    public static NoticeWords Deadline(string id, bool overdue, string state, string due) => Of(overdue ? "overdue" : "due-soon", ("application", id), ("state", state), ("due", due));

    [Clause("6.2.7.3-c")]
    public static NoticeWords Revoked(string application, string title, string serial, string when) => Of("revoked", ("application", application), ("title", title), ("serial", serial), ("when", when));

    [Clause("6.2.4.1-a")]
    public static NoticeWords Receipt(string application, string title, string serial, string? encryption, string when) =>
        Of("receipt", ("application", application), ("title", title), ("serial", serial), ("encryption", encryption ?? "-"), ("when", when));

    public static NoticeWords Event(string application, string title, string serial, string what) => Of("event", ("application", application), ("title", title), ("serial", serial), ("what", what));

    public static NoticeWords CallBack(string application, string title, string code, string until) => Of("call-back", ("application", application), ("title", title), ("code", code), ("until", until));

    private static NoticeWords Of(string template, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var all = new Dictionary<string, string>();
        foreach (var (name, value) in values)
        {
            all.Add(name, value);
        }

        return new NoticeWords(template, all);
    }
}
