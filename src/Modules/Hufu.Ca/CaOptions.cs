using Hufu.Hosting;
using Hufu.Pki.Gmt0014;

namespace Hufu.Ca;

/// <summary>What an operator sets for the CA room besides policy: the section <c>ca</c> of <c>hufu.json</c>. Figures with a clause are policy values, not options.</summary>
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

    /// <summary>The open points of GM/T 0014 as agreed with the key centre; set in code, not in a settings file.</summary>
    public Gmt0014Options KeyCentreExchange { get; init; } = Gmt0014Options.Hufu;

    /// <summary>Whether a revocation is followed by a CRL at once instead of waiting for the next regular one (6.2.7.6-a allows 24 hours).</summary>
    public bool CrlAtOnce { get; init; }

    /// <summary>Whether a warning of the linter ends an issue as an error does.</summary>
    public bool RefuseLintWarnings { get; init; }

    /// <summary>How old a staff act on an order may be when it is taken up. One hour to a year.</summary>
    public TimeSpan ActLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often a CA makes its full CRL, by the CA's name; anchored at the policy's time of day. A CA that is not named follows the policy (6.2.7.5-a). One minute to 31 days.</summary>
    public IReadOnlyDictionary<string, TimeSpan> CrlEvery { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>How often a CA makes delta CRLs between its full ones, by name; none for a CA that is not named. One minute to one day.</summary>
    public IReadOnlyDictionary<string, TimeSpan> DeltaCrlEvery { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Into how many parts a CA's CRL is divided, by name; each certificate's part is drawn when it is issued and stands in its distribution point. None for a CA that is not named. 1 to 1,000.</summary>
    public IReadOnlyDictionary<string, int> CrlParts { get; init; } = new Dictionary<string, int>();

    /// <summary>CAs that also make a CRL of CA certificates alone (ARL).</summary>
    public IReadOnlyList<string> AuthorityCrls { get; init; } = [];

    /// <summary>Other sources of time, <c>host</c> or <c>host:port</c> of NTP servers, those of the installation (<c>timeStamps.timeServers</c>). Empty: none is asked. With servers, no certificates and CRLs are signed unless most of them agree with the clock within the policy's bound.</summary>
    public IReadOnlyList<string> TimeServers { get; init; } = [];

    /// <summary>How often they are asked.</summary>
    public TimeSpan AskTimeEvery { get; init; } = TimeSources.UsualPace;

    /// <summary>Which line of CAs issues a profile; what is not named comes from <c>operational</c>.</summary>
    public IReadOnlyDictionary<string, string> ProfileAuthorities { get; init; } = new Dictionary<string, string>();

    /// <summary>The driver's library (a path) of the PKCS#11 token in which the keys of a P-256 hierarchy are; null where there is none.</summary>
    public string? TokenLibrary { get; init; }

    /// <summary>The token's label.</summary>
    public string? TokenLabel { get; init; }

    /// <summary>A file with the PIN of the token's user, mode 0600.</summary>
    public string? TokenPinFile { get; init; }

    /// <summary>The options that the host's settings say; what they leave out stays.</summary>
    /// <param name="settings">Checked settings.</param>
    public static CaOptions Of(HostSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (usual, ca) = (new CaOptions { CrlAtOnce = true }, settings.Ca);
        return usual with
        {
            PolicyOid = settings.CertificatePolicyOid,
            PracticeStatementAddress = settings.PracticeStatementAddress,
            TimeServers = settings.TimeStamps.TimeServers ?? usual.TimeServers,
            AskTimeEvery = settings.TimeStamps.AskEverySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.AskTimeEvery,
            TokenLibrary = ca.TokenLibrary,
            TokenLabel = ca.TokenLabel,
            TokenPinFile = ca.TokenPinFile,
            CrlEvery = ca.CrlMinutes?.ToDictionary(pair => pair.Key, pair => TimeSpan.FromMinutes(pair.Value)) ?? usual.CrlEvery,
            DeltaCrlEvery = ca.DeltaCrlMinutes?.ToDictionary(pair => pair.Key, pair => TimeSpan.FromMinutes(pair.Value)) ?? usual.DeltaCrlEvery,
            CrlParts = ca.CrlParts ?? usual.CrlParts,
            AuthorityCrls = ca.AuthorityCrls ?? usual.AuthorityCrls,
            ProfileAuthorities = ca.ProfileAuthorities ?? usual.ProfileAuthorities,
            CrlAtOnce = ca.CrlAtOnce ?? usual.CrlAtOnce,
            RefuseLintWarnings = ca.RefuseLintWarnings ?? usual.RefuseLintWarnings,
            KeyCentreTimeout = ca.KeyCentreSeconds is { } patience ? TimeSpan.FromSeconds(patience) : usual.KeyCentreTimeout,
            SettleEvery = ca.SettleSeconds is { } settle ? TimeSpan.FromSeconds(settle) : usual.SettleEvery,
            ActLife = ca.ActDays is { } days ? TimeSpan.FromDays(days) : usual.ActLife,
        };
    }

    /// <summary>Refuses values that cannot be; at start.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(SettleEvery >= TimeSpan.FromSeconds(1) && SettleEvery <= TimeSpan.FromHours(1), true, nameof(SettleEvery));
        ArgumentOutOfRangeException.ThrowIfNotEqual(KeyCentreTimeout >= TimeSpan.FromSeconds(1) && KeyCentreTimeout <= TimeSpan.FromMinutes(1), true, nameof(KeyCentreTimeout));
        ArgumentOutOfRangeException.ThrowIfNotEqual(ActLife >= TimeSpan.FromHours(1) && ActLife <= TimeSpan.FromDays(366), true, nameof(ActLife));
        ArgumentOutOfRangeException.ThrowIfNotEqual(CrlEvery.Values.All(every => every >= TimeSpan.FromMinutes(1) && every <= TimeSpan.FromDays(31)), true, nameof(CrlEvery));
        ArgumentOutOfRangeException.ThrowIfNotEqual(DeltaCrlEvery.Values.All(every => every >= TimeSpan.FromMinutes(1) && every <= TimeSpan.FromDays(1)), true, nameof(DeltaCrlEvery));
        ArgumentOutOfRangeException.ThrowIfNotEqual(CrlParts.Values.All(count => count is >= 1 and <= 1_000), true, nameof(CrlParts));
        ArgumentOutOfRangeException.ThrowIfNotEqual((TokenLibrary is null) == (TokenLabel is null) && (TokenLibrary is null) == (TokenPinFile is null), true, nameof(TokenLibrary));
        ArgumentOutOfRangeException.ThrowIfNotEqual(PracticeStatementAddress is null || PolicyOid is not null, true, nameof(PracticeStatementAddress));
    }
}
