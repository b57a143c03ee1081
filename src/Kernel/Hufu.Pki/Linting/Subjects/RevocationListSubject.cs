using System.Numerics;

namespace Hufu.Pki.Linting;

// CertificateList: the grammar stands above CertificateRevocationList; this reads it with less refused, so that rules can name what is wrong.

/// <summary>A revocation list.</summary>
internal sealed class RevocationListSubject : LintSubject
{
    private RevocationListSubject(SignedStructure parts, AlgorithmIdentifier algorithm, DistinguishedName issuer, IReadOnlyList<CertificateExtension> extensions)
        : base(LintTargets.RevocationList, algorithm, parts.Algorithm, parts.Signature, issuer, null, extensions)
    {
    }

    internal int Version { get; private init; }

    internal DateTimeOffset ThisUpdate { get; private init; }

    internal DateTimeOffset? NextUpdate { get; private init; }

    internal byte ThisUpdateTag { get; private init; }

    internal byte NextUpdateTag { get; private init; }

    /// <summary>True when revokedCertificates is there without an entry.</summary>
    internal bool HasEmptyEntries { get; private init; }

    internal required RevokedEntrySurvey Entries { get; init; }

    internal Certificate? Issuer { get; private init; }

    internal BigInteger? Number => Integer(Oids.CrlNumber);

    internal BigInteger? DeltaBase => Integer(Oids.DeltaCrlIndicator);

    internal IssuingDistributionPoint? DistributionPoint => Read(Oids.IssuingDistributionPoint, IssuingDistributionPoint.Decode);

    private BigInteger? Integer(string oid) => Read(oid, e => new Boxed(ReadNumber(e)))?.Value;

    private static BigInteger ReadNumber(CertificateExtension extension)
    {
        DerReader reader = extension.Open(extension.Oid);
        BigInteger number = reader.ReadBigInteger(64);
        reader.ThrowIfNotEmpty();
        return number;
    }

    internal static RevocationListSubject Read(ReadOnlyMemory<byte> list, Certificate? issuer)
    {
        if (list.Length > PkiLimits.RevocationListSize)
        {
            throw PkiException.TooLarge("A revocation list", PkiLimits.RevocationListSize);
        }

        SignedStructure parts = SignedStructure.Read(list);
        DerReader outer = new(parts.Tbs);
        DerReader tbs = outer.ReadSequence();
        int version = tbs.PeekTag() == DerTag.Integer ? tbs.ReadInt32() : 0;
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref tbs);
        DistinguishedName name = DistinguishedName.Read(ref tbs);
        byte thisTag = tbs.PeekTag();
        DateTimeOffset thisUpdate = tbs.ReadTime();
        byte nextTag = tbs.PeekTag();
        DateTimeOffset? nextUpdate = nextTag is DerTag.UtcTime or DerTag.GeneralizedTime ? tbs.ReadTime() : null;
        ReadOnlyMemory<byte>? entries = tbs.PeekTag() == DerTag.Sequence ? tbs.ReadContent(DerTag.Sequence) : (ReadOnlyMemory<byte>?)null;
        IReadOnlyList<CertificateExtension> extensions = [];
        if (tbs.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            extensions = CertificateExtension.ReadList(ref wrapped, allowDuplicates: true);
            wrapped.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
        bool delta = CertificateExtension.Find(extensions, Oids.DeltaCrlIndicator) is not null;
        return new RevocationListSubject(parts, algorithm, name, extensions)
        {
            Version = version + 1,
            ThisUpdate = thisUpdate,
            ThisUpdateTag = thisTag,
            NextUpdate = nextUpdate,
            NextUpdateTag = nextUpdate is null ? (byte)0 : nextTag,
            HasEmptyEntries = entries is { Length: 0 },
            Entries = RevokedEntrySurvey.Take(entries ?? default, thisUpdate, delta),
            Issuer = issuer,
        };
    }

    private sealed record Boxed(BigInteger Value);
}
