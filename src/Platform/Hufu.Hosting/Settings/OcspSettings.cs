namespace Hufu.Hosting;

/// <summary>The section <c>ocsp</c> of <c>hufu.json</c>: how the status service answers. What is left out keeps its usual value.</summary>
public sealed record OcspSettings
{
    /// <summary>For which hashes of CertID answers are signed ahead and kept, 64 bytes each: <c>sha1</c>, <c>sha256</c>, <c>sm3</c>. Null or empty: all are signed when they are asked for.</summary>
    public IReadOnlyList<string>? SignAhead { get; init; }

    /// <summary>What is said of a serial that was never issued: <c>unknown</c>, or <c>held</c>: revoked with certificateHold (RFC 6960 2.2, 4.4.8). Never good (R14).</summary>
    public string? Unknown { get; init; }

    /// <summary>For how many seconds HTTP caches may keep an answer to a GET, 0 to 3600.</summary>
    public int? CacheSeconds { get; init; }

    /// <summary>For how many days after its end a certificate's status is told (archiveCutoff), 0 to 36500.</summary>
    public int? ArchiveDays { get; init; }

    /// <summary>Requests that one address may send every second, 0 to 1,000,000; 0: not limited here.</summary>
    public int? AddressPerSecond { get; init; }

    /// <summary>The driver's library of the PKCS#11 token in which the keys are that speak for P-256 CAs, an absolute path; with label and PIN file, or none of the three.</summary>
    public string? TokenLibrary { get; init; }

    /// <summary>The token's label.</summary>
    public string? TokenLabel { get; init; }

    /// <summary>A file with the PIN of the token's user, mode 0600, an absolute path.</summary>
    public string? TokenPinFile { get; init; }

    /// <summary>The figures of <see cref="SignAhead"/>'s hashes.</summary>
    internal static readonly IReadOnlySet<string> Hashes = new HashSet<string>(StringComparer.Ordinal) { "sha1", "sha256", "sm3" };

    /// <exception cref="SettingsException">They cannot be used.</exception>
    internal void Check()
    {
        if (SignAhead is { } hashes && (hashes.Any(hash => !Hashes.Contains(hash)) || hashes.Distinct(StringComparer.Ordinal).Count() != hashes.Count))
        {
            throw new SettingsException("ocsp.signAhead names each of sha1, sha256 and sm3 at most once, and nothing else.");
        }

        if (Unknown is not (null or "unknown" or "held"))
        {
            throw new SettingsException("ocsp.unknown is \"unknown\" or \"held\"; a certificate that was never issued is never told as good (R14).");
        }

        if ((TokenLibrary is null) != (TokenLabel is null) || (TokenLibrary is null) != (TokenPinFile is null) || (TokenLibrary is { } library && !Path.IsPathFullyQualified(library))
            || (TokenPinFile is { } file && !Path.IsPathFullyQualified(file)))
        {
            throw new SettingsException("ocsp.tokenLibrary, ocsp.tokenLabel and ocsp.tokenPinFile stand together; library and PIN file are absolute paths.");
        }

        SettingsFigures.Check("ocsp.cacheSeconds", CacheSeconds, 0, 3600);
        SettingsFigures.Check("ocsp.archiveDays", ArchiveDays, 0, 36_500);
        SettingsFigures.Check("ocsp.addressPerSecond", AddressPerSecond, 0, 1_000_000);
    }
}
