namespace Hufu.Governance;

/// <summary>The figures of policy/values.yaml that registration goes by.</summary>
public sealed record RegistrationValues
{
    /// <summary>A half-filled form is kept this long after it was last saved.</summary>
    public required CalendarPeriod DraftLife { get; init; }

    /// <summary>How long before expiry holders are reminded, by the reminder's name.</summary>
    public required IReadOnlyList<(string Name, CalendarPeriod Before)> ExpiryReminders { get; init; }

    /// <summary>Staff are reminded this long before an application is due.</summary>
    public required TimeSpan DeadlineReminder { get; init; }

    /// <summary>And this long before a revocation is.</summary>
    public required TimeSpan CaseReminder { get; init; }

    /// <summary>A disclosure without the holder's consent stands among the looks that the holder sees after this time (6.4.2-d).</summary>
    public required CalendarPeriod DisclosureToldAfter { get; init; }

    internal static RegistrationValues Read(Func<string, CalendarPeriod> period, Func<string, TimeSpan> span) => new()
    {
        DraftLife = period("draft-life"),
        ExpiryReminders = [.. new[] { "expiry-reminder-first", "expiry-reminder-second", "expiry-reminder-last" }.Select(name => (name, period(name)))],
        DeadlineReminder = span("deadline-reminder"),
        CaseReminder = span("case-reminder"),
        DisclosureToldAfter = period("disclosure-told-after"),
    };
}
