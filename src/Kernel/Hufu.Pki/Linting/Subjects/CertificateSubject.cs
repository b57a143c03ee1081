namespace Hufu.Pki.Linting;

/// <summary>A certificate, or the bytes of one before it is signed.</summary>
internal sealed class CertificateSubject : LintSubject
{
    private CertificateSubject(TbsCertificate tbs, AlgorithmIdentifier? outer, ReadOnlyMemory<byte>? signature, CertificateKind? kind, Certificate? issuer, LintProfile? profile)
        : base(LintTargets.Certificate, tbs.Signature, outer, signature, tbs.Subject, tbs.PublicKey, tbs.Extensions)
    {
        Tbs = tbs;
        Issuer = issuer;
        Profile = profile;
        Kind = kind ?? JudgeKind();
    }

    internal TbsCertificate Tbs { get; }

    internal CertificateKind Kind { get; }

    internal Certificate? Issuer { get; }

    internal LintProfile? Profile { get; }

    internal byte NotBeforeTag { get; private set; }

    internal byte NotAfterTag { get; private set; }

    internal bool HasUniqueIdentifiers { get; private set; }

    internal bool IsAuthority => Kind != CertificateKind.EndEntity;

    internal bool IsSelfIssued => Tbs.Issuer.RawData.Span.SequenceEqual(Tbs.Subject.RawData.Span);

    internal static CertificateSubject FromTbs(ReadOnlyMemory<byte> tbs, CertificateKind? kind, Certificate? issuer, LintProfile? profile)
    {
        DerScan.Check(tbs.Span, PkiLimits.CertificateSize, "a TBSCertificate");
        return Read(tbs, null, null, kind, issuer, profile);
    }

    internal static CertificateSubject FromCertificate(ReadOnlyMemory<byte> certificate, CertificateKind? kind, Certificate? issuer, LintProfile? profile)
    {
        DerScan.Check(certificate.Span, PkiLimits.CertificateSize, "a certificate");
        SignedStructure parts = SignedStructure.Read(certificate);
        return Read(parts.Tbs, parts.Algorithm, parts.Signature, kind, issuer, profile);
    }

    private static CertificateSubject Read(ReadOnlyMemory<byte> tbs, AlgorithmIdentifier? outer, ReadOnlyMemory<byte>? signature, CertificateKind? kind, Certificate? issuer, LintProfile? profile)
    {
        CertificateSubject subject = new(TbsCertificate.Read(tbs, forLinting: true), outer, signature, kind, issuer, profile);
        subject.ReadLayout(tbs);
        return subject;
    }

    // Self-issued but for another key is a linking certificate of a key change, not a root.
    private CertificateKind JudgeKind() => BasicConstraints is not { IsAuthority: true } ? CertificateKind.EndEntity
        : IsSelfIssued && (AuthorityKeyIdentifier?.KeyIdentifier is not { } authority || SubjectKeyIdentifier is not { } own || authority.Span.SequenceEqual(own.KeyIdentifier.Span))
            ? CertificateKind.Root
            : CertificateKind.Authority;

    /// <summary>What <see cref="TbsCertificate"/> does not keep: which time types were used, and the unique identifiers.</summary>
    private void ReadLayout(ReadOnlyMemory<byte> tbs)
    {
        DerReader outer = new(tbs);
        DerReader fields = outer.ReadSequence();
        for (int before = fields.PeekTag() == 0xA0 ? 4 : 3; before > 0; before--)
        {
            fields.ReadEncoded(); // version, serialNumber, signature, issuer
        }

        DerReader validity = fields.ReadSequence();
        NotBeforeTag = validity.PeekTag();
        validity.ReadEncoded();
        NotAfterTag = validity.PeekTag();
        fields.ReadEncoded(); // subject
        fields.ReadEncoded(); // subjectPublicKeyInfo
        HasUniqueIdentifiers = fields.PeekTag() is 0x81 or 0x82;
    }
}
