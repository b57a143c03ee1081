using System.Collections.Concurrent;
using Hufu.Contracts;

namespace Hufu.Ocsp.Status;

/// <summary>All serials of all CAs with their standing, in memory: readers never wait and never see a serial as good that was not issued (R14) or is revoked.</summary>
internal sealed class StatusIndex
{
    private readonly ConcurrentDictionary<string, AuthorityIndex> _authorities = new(StringComparer.Ordinal);

    /// <summary>How many serials are held.</summary>
    public long Count => _authorities.Values.Sum(authority => authority.Count);

    /// <summary>How many of them are revoked.</summary>
    public long RevokedCount => _authorities.Values.Sum(authority => authority.RevokedCount);

    /// <summary>Bytes that they take, without answers signed ahead.</summary>
    public long Bytes => _authorities.Values.Sum(authority => authority.Bytes);

    /// <summary>The CAs of which serials are held.</summary>
    public IReadOnlyList<string> Authorities => [.. _authorities.Keys];

    /// <summary>The serials of a CA; made empty when there are none yet.</summary>
    public AuthorityIndex Of(string ca) => _authorities.GetOrAdd(ca, static _ => new AuthorityIndex());

    /// <summary>Asks for huge pages behind all of it.</summary>
    public int Gather() => _authorities.Values.Sum(authority => authority.Sets.Sum(set => set.Gather()));

    /// <summary>A certificate was issued. Again is harmless.</summary>
    public void Issued(string ca, ReadOnlySpan<byte> serial) => Of(ca).Issued(serial);

    /// <summary>A certificate was revoked or suspended. The first revocation stays; only a suspension (certificateHold) gives way to what comes after it.</summary>
    public void Revoked(string ca, ReadOnlySpan<byte> serial, DateTimeOffset at, RevocationReason reason) => Of(ca).Revoked(serial, at, reason);

    /// <summary>A suspension was lifted; a revocation is never.</summary>
    public void Resumed(string ca, ReadOnlySpan<byte> serial) => Of(ca).Resumed(serial);

    /// <summary>The standing of a serial: the content bytes of its DER INTEGER.</summary>
    public CertificateStanding Find(string ca, ReadOnlySpan<byte> serial) => _authorities.TryGetValue(ca, out var authority) ? authority.Find(serial) : CertificateStanding.Unknown;
}
