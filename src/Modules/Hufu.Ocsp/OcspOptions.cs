namespace Hufu.Ocsp;

/// <summary>How the status service answers. How long an answer is good for stands in policy/values.yaml (ocsp-answer-life).</summary>
public sealed record OcspOptions
{
    /// <summary>The largest request that is read, bytes.</summary>
    public int RequestLimit { get; init; } = 16 * 1024;

    /// <summary>Most certificates in one request.</summary>
    public int MostCertificates { get; init; } = 64;

    /// <summary>How long HTTP caches may keep an answer to a GET without a nonce; never beyond its nextUpdate. A revocation may be unseen behind a cache for so long.</summary>
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromMinutes(1);
}
