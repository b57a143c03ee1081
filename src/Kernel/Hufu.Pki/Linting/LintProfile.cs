namespace Hufu.Pki.Linting;

/// <summary>An attribute that a profile's subject has.</summary>
/// <param name="Oid">Its type, dotted.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Constant">Its only value, or null for any.</param>
/// <param name="MostCharacters">Longest value.</param>
public sealed record LintSubjectPart(string Oid, bool Required, string? Constant, int MostCharacters);

/// <summary>What a profile asks of its certificates, as data: the linter knows no policy files.</summary>
public sealed record LintProfile
{
    /// <summary>Its name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>True when its certificates are CAs'.</summary>
    public required bool IsAuthority { get; init; }

    /// <summary>The key usages that a certificate may have, one of them exactly: signing and encryption variant.</summary>
    public required IReadOnlyList<KeyUsages> KeyUsages { get; init; }

    /// <summary>Purposes, dotted; empty for no extKeyUsage.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    /// <summary>Whether extKeyUsage is critical.</summary>
    public required bool PurposesCritical { get; init; }

    /// <summary>Longest life: these calendar months and this time, the last second counted in (R07).</summary>
    public required int LifeMonths { get; init; }

    /// <summary>The part of the longest life that is no whole months.</summary>
    public required TimeSpan LifeTime { get; init; }

    /// <summary>The subject's attributes in their order; null where the subject is given by another certificate (links, cross certificates) and not by the profile.</summary>
    public required IReadOnlyList<LintSubjectPart>? Subject { get; init; }

    /// <summary>Identity extensions that may be carried, dotted.</summary>
    public required IReadOnlyList<string> IdentityExtensions { get; init; }

    /// <summary>Kinds of alternative names that may be carried.</summary>
    public required IReadOnlyList<GeneralNameKind> AlternativeNames { get; init; }

    /// <summary>Whether id-pkix-ocsp-nocheck is carried.</summary>
    public required bool OcspNoCheck { get; init; }

    /// <summary>Whether cRLDistributionPoints is carried.</summary>
    public required bool NamesCrl { get; init; }

    /// <summary>Whether an OCSP address is carried.</summary>
    public required bool NamesOcsp { get; init; }

    /// <summary>Whether the address of the issuer's certificate is carried.</summary>
    public required bool NamesIssuer { get; init; }

    /// <summary>pathLenConstraint, or null for none.</summary>
    public required int? PathLength { get; init; }
}
