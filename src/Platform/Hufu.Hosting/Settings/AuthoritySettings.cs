namespace Hufu.Hosting;

/// <summary>The section <c>ca</c> of <c>hufu.json</c>: how the authority works. What is left out keeps its usual value. Policy OID and statement's address are <c>certificatePolicyOid</c> and <c>practiceStatementAddress</c>; OIDs of
/// private extensions and lives stand in the profiles, figures with a clause in <c>values.yaml</c>. Names of CAs are those of their lines: <c>root</c>, <c>operational</c>, …</summary>
public sealed record AuthoritySettings
{
    /// <summary>Every how many minutes a CA makes its full CRL, by name, 1 to 44640; a CA that is not named follows the policy (6.2.7.5-a).</summary>
    public IReadOnlyDictionary<string, int>? CrlMinutes { get; init; }

    /// <summary>Every how many minutes a CA makes delta CRLs, by name, 1 to 1440.</summary>
    public IReadOnlyDictionary<string, int>? DeltaCrlMinutes { get; init; }

    /// <summary>Into how many parts a CA's CRL is divided, by name, 1 to 1000.</summary>
    public IReadOnlyDictionary<string, int>? CrlParts { get; init; }

    /// <summary>CAs that also make a CRL of CA certificates alone.</summary>
    public IReadOnlyList<string>? AuthorityCrls { get; init; }

    /// <summary>Which line of CAs issues a profile, by the profile's id; what is not named comes from <c>operational</c>.</summary>
    public IReadOnlyDictionary<string, string>? ProfileAuthorities { get; init; }

    /// <summary>Whether a revocation is followed by a CRL at once.</summary>
    public bool? CrlAtOnce { get; init; }

    /// <summary>Whether a warning of the linter ends an issue as an error does.</summary>
    public bool? RefuseLintWarnings { get; init; }

    /// <summary>How many seconds a question to the key centre may take, 1 to 60.</summary>
    public int? KeyCentreSeconds { get; init; }

    /// <summary>After how many seconds intents without a result are taken up again, 1 to 3600.</summary>
    public int? SettleSeconds { get; init; }

    /// <summary>How many days old a staff act on an order may be, 1 to 366.</summary>
    public int? ActDays { get; init; }

    /// <summary>The driver's library of the PKCS#11 token in which the keys of a P-256 hierarchy are, an absolute path; with label and PIN file, or none of the three.</summary>
    public string? TokenLibrary { get; init; }

    /// <summary>The token's label.</summary>
    public string? TokenLabel { get; init; }

    /// <summary>A file with the PIN of the token's user, mode 0600, an absolute path.</summary>
    public string? TokenPinFile { get; init; }

    /// <exception cref="SettingsException">They cannot be used.</exception>
    internal void Check()
    {
        if ((TokenLibrary is null) != (TokenLabel is null) || (TokenLibrary is null) != (TokenPinFile is null) || (TokenLibrary is { } library && !Path.IsPathFullyQualified(library))
            || (TokenPinFile is { } file && !Path.IsPathFullyQualified(file)))
        {
            throw new SettingsException("ca.tokenLibrary, ca.tokenLabel and ca.tokenPinFile stand together; library and PIN file are absolute paths.");
        }

        Figures("ca.crlMinutes", CrlMinutes, 44_640);
        Figures("ca.deltaCrlMinutes", DeltaCrlMinutes, 1_440);
        Figures("ca.crlParts", CrlParts, 1_000);
        if (!(AuthorityCrls ?? []).All(IsName) || !(ProfileAuthorities ?? new Dictionary<string, string>()).Values.All(IsName))
        {
            throw new SettingsException("ca.authorityCrls and ca.profileAuthorities name CAs: 2 to 24 of a-z, 0-9, beginning with a letter.");
        }

        SettingsFigures.Check("ca.keyCentreSeconds", KeyCentreSeconds, 1, 60);
        SettingsFigures.Check("ca.settleSeconds", SettleSeconds, 1, 3_600);
        SettingsFigures.Check("ca.actDays", ActDays, 1, 366);
    }

    private static void Figures(string name, IReadOnlyDictionary<string, int>? figures, int most)
    {
        foreach (var (ca, figure) in figures ?? new Dictionary<string, int>())
        {
            if (!IsName(ca))
            {
                throw new SettingsException($"{name}: '{ca}' is no CA's name: 2 to 24 of a-z, 0-9, beginning with a letter.");
            }

            SettingsFigures.Check($"{name}.{ca}", figure, 1, most);
        }
    }

    private static bool IsName(string name) => name.Length is >= 2 and <= 24 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
