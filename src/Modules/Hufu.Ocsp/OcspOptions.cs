using Hufu.Pki;

namespace Hufu.Ocsp;

/// <summary>How the status service answers. How long an answer is good for stands in policy/values.yaml (ocsp-answer-life).</summary>
public sealed record OcspOptions
{
    /// <summary>The largest request that is read, bytes.</summary>
    public int RequestLimit { get; init; } = 16 * 1024;

    /// <summary>Requests that one address may send every second, twice as many at once; more is 429 and tryLater. 0: not limited here, for a proxy that limits.</summary>
    public int AddressPerSecond { get; init; } = 5_000;

    /// <summary>Most certificates in one request.</summary>
    public int MostCertificates { get; init; } = 64;

    /// <summary>How long HTTP caches may keep an answer to a GET without a nonce; never beyond its nextUpdate. A revocation may be unseen behind a cache for so long.</summary>
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For which hashes of CertID (dotted: <see cref="Oids.Sha1"/>, <see cref="Oids.Sm3"/>, <see cref="Oids.Sha256"/>) answers are signed ahead and kept, 64 bytes each; empty: all are signed live.</summary>
    public IReadOnlyList<string> SignAhead { get; init; } = [];

    /// <summary>A serial that was never issued is told as <c>unknown</c>; true: as revoked with certificateHold and the extension of RFC 6960 4.4.8. Never as good (R14).</summary>
    public bool UnknownAsHeld { get; init; }

    /// <summary>How long after its end a certificate's status is still told; stated as archiveCutoff (RFC 6960 4.4.4). Null: not stated.</summary>
    public TimeSpan? ArchiveFor { get; init; }

    /// <summary>How often the index is written to its checkpoint file, from which the next start reads it.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The driver's library of the PKCS#11 token in which the keys are that speak for P-256 CAs; null: nothing is told of their certificates (unauthorized).</summary>
    public string? TokenLibrary { get; init; }

    /// <summary>The token's label.</summary>
    public string? TokenLabel { get; init; }

    /// <summary>The file with the PIN of the token's user.</summary>
    public string? TokenPinFile { get; init; }
}
