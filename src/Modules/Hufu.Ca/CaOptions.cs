using Hufu.Pki.Gmt0014;

namespace Hufu.Ca;

/// <summary>What an operator sets for the CA room besides policy. Figures with a clause are policy values, not options.</summary>
public sealed record CaOptions
{
    /// <summary>The operator's certificate policy, a dotted OID, written into every certificate but the root's (certificatePolicies, not critical); null writes none.</summary>
    public string? PolicyOid { get; init; }

    /// <summary>Address of the practice statement beside <see cref="PolicyOid"/>; null writes none.</summary>
    public string? PracticeStatementAddress { get; init; }

    /// <summary>How often intents without a result are taken up again. One second to one hour.</summary>
    public TimeSpan SettleEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one question to the key centre may take before the order is answered RoomUnreachable and left to the settle job. One second to one minute.</summary>
    public TimeSpan KeyCentreTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The open points of GM/T 0014 as agreed with the key centre.</summary>
    public Gmt0014Options KeyCentreExchange { get; init; } = Gmt0014Options.Hufu;

    /// <summary>Whether a revocation is followed by a CRL at once instead of waiting for the next regular one (6.2.7.6-a allows 24 hours).</summary>
    public bool CrlAtOnce { get; init; }

    /// <summary>Refuses values that cannot be; at start.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(SettleEvery >= TimeSpan.FromSeconds(1) && SettleEvery <= TimeSpan.FromHours(1), true, nameof(SettleEvery));
        ArgumentOutOfRangeException.ThrowIfNotEqual(KeyCentreTimeout >= TimeSpan.FromSeconds(1) && KeyCentreTimeout <= TimeSpan.FromMinutes(1), true, nameof(KeyCentreTimeout));
        ArgumentOutOfRangeException.ThrowIfNotEqual(PracticeStatementAddress is null || PolicyOid is not null, true, nameof(PracticeStatementAddress));
    }
}
