namespace Hufu.Governance;

/// <summary>The figures of policy/values.yaml that registration goes by.</summary>
public sealed record RegistrationValues
{
    /// <summary>A half-filled form is kept this long after it was last saved.</summary>
    public required CalendarPeriod DraftLife { get; init; }

    internal static RegistrationValues Read(Func<string, CalendarPeriod> period) => new()
    {
        DraftLife = period("draft-life"),
    };
}
