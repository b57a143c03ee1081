namespace Hufu.Ra;

/// <summary>What the operator sets for the registration authority.</summary>
public sealed record RaOptions
{
    /// <summary>Version of the subscriber agreement in force.</summary>
    public string AgreementVersion { get; init; } = "1.0";

    /// <summary>Tries of the challenge phrase are back this long after the last one.</summary>
    public TimeSpan ChallengeTriesBackAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The mail address of whoever is on duty: told of what is due soon and what is overdue; null for nobody.</summary>
    public string? DutyAddress { get; init; }

    /// <summary>How often due notices are looked for when nothing has been added.</summary>
    public TimeSpan NoticeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a holder's revocation waits for the CA's answer before it says that the order is on its way.</summary>
    public TimeSpan RevocationWait { get; init; } = TimeSpan.FromSeconds(10);
}
