using Hufu.Crypto;

namespace Hufu.Pki;

// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }   (RFC 5280 4.1, GM/T 0015)

/// <summary>
/// An X.509 certificate. Immutable; keeps the bytes it was read from and verifies over these. Reading checks the form only: trust, time and purpose are
/// PathValidator's business. Equality is equality of the bytes.
/// </summary>
public sealed class Certificate : IEquatable<Certificate>
{
    private readonly SignedStructure _parts;
    private byte[]? _digest;

    private Certificate(ReadOnlyMemory<byte> rawData, SignedStructure parts, TbsCertificate tbs)
    {
        RawData = rawData;
        _parts = parts;
        Tbs = tbs;
        KeyUsage = tbs.FindExtension(Oids.KeyUsage) is { } usage ? KeyUsageExtension.Decode(usage).Usages : null;
        BasicConstraints = tbs.FindExtension(Oids.BasicConstraints) is { } basic ? BasicConstraints.Decode(basic) : null;
        ExtendedKeyUsage = tbs.FindExtension(Oids.ExtendedKeyUsage) is { } extended ? ExtendedKeyUsage.Decode(extended) : null;
        SubjectKeyIdentifier = tbs.FindExtension(Oids.SubjectKeyIdentifier) is { } ski ? Pki.SubjectKeyIdentifier.Decode(ski).KeyIdentifier : (ReadOnlyMemory<byte>?)null;
        AuthorityKeyIdentifier = tbs.FindExtension(Oids.AuthorityKeyIdentifier) is { } aki ? AuthorityKeyIdentifier.Decode(aki) : null;
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The fields that the signature covers.</summary>
    public TbsCertificate Tbs { get; }

    /// <summary>The DER of tbsCertificate, a slice of <see cref="RawData"/>.</summary>
    public ReadOnlyMemory<byte> TbsData => _parts.Tbs;

    /// <summary>The algorithm of the signature; byte-equal to the one inside.</summary>
    public AlgorithmIdentifier SignatureAlgorithm => _parts.Algorithm;

    /// <summary>The content of signatureValue.</summary>
    public ReadOnlyMemory<byte> Signature => _parts.Signature;

    /// <summary>The serial.</summary>
    public SerialNumber SerialNumber => Tbs.SerialNumber;

    /// <summary>The serial as lower-case hex, see <see cref="SerialNumber.ToString"/>.</summary>
    public string SerialHex => Tbs.SerialNumber.ToString();

    /// <summary>The issuer.</summary>
    public DistinguishedName Issuer => Tbs.Issuer;

    /// <summary>The subject.</summary>
    public DistinguishedName Subject => Tbs.Subject;

    /// <summary>First second of validity.</summary>
    public DateTimeOffset NotBefore => Tbs.NotBefore;

    /// <summary>Last second of validity, inclusive.</summary>
    public DateTimeOffset NotAfter => Tbs.NotAfter;

    /// <summary>The certified key.</summary>
    public SubjectPublicKeyInfo PublicKey => Tbs.PublicKey;

    /// <summary>The extensions in order.</summary>
    public IReadOnlyList<CertificateExtension> Extensions => Tbs.Extensions;

    /// <summary>keyUsage, or null when absent.</summary>
    public KeyUsages? KeyUsage { get; }

    /// <summary>basicConstraints, or null when absent.</summary>
    public BasicConstraints? BasicConstraints { get; }

    /// <summary>extKeyUsage, or null when absent.</summary>
    public ExtendedKeyUsage? ExtendedKeyUsage { get; }

    /// <summary>subjectKeyIdentifier, or null when absent.</summary>
    public ReadOnlyMemory<byte>? SubjectKeyIdentifier { get; }

    /// <summary>authorityKeyIdentifier, or null when absent.</summary>
    public AuthorityKeyIdentifier? AuthorityKeyIdentifier { get; }

    /// <summary>True for a CA certificate: basicConstraints with cA.</summary>
    public bool IsAuthority => BasicConstraints is { IsAuthority: true };

    /// <summary>True when issuer and subject are the same name.</summary>
    public bool IsSelfIssued => Issuer.Equals(Subject);

    /// <summary>SM3 over the whole certificate: its fingerprint, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Sm3Digest => _digest ??= Sm3.HashData(RawData.Span);

    /// <summary>An extension by type, or null.</summary>
    public CertificateExtension? FindExtension(string oid) => Tbs.FindExtension(oid);

    /// <summary>Reads the DER: one certificate and nothing after it.</summary>
    /// <param name="der">The DER; kept as <see cref="RawData"/>, must not change afterwards.</param>
    /// <exception cref="PkiException">Not a certificate, inner and outer algorithm differ, or an extension that is read here is malformed.</exception>
    public static Certificate Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "a certificate");
        SignedStructure parts = SignedStructure.Read(der);
        TbsCertificate tbs = TbsCertificate.Read(parts.Tbs, forLinting: false);
        return tbs.Signature.Equals(parts.Algorithm)
            ? new Certificate(der, parts, tbs)
            : throw PkiException.BadValue("The signature algorithms inside and outside of the certificate differ.");
    }

    /// <summary>Reads one certificate from PEM or DER, told apart by the first byte.</summary>
    /// <exception cref="PkiException">Neither.</exception>
    public static Certificate DecodePemOrDer(ReadOnlyMemory<byte> data) => Decode(Pem.ToDer(data, Pem.CertificateLabel));

    /// <summary>Encodes and signs.</summary>
    /// <param name="tbs">What is signed; its <see cref="TbsCertificate.Signature"/> must be the signer's algorithm.</param>
    /// <param name="signer">The issuer's key.</param>
    /// <exception cref="PkiException"><see cref="PkiError.Mismatch"/>: another algorithm than the signer's.</exception>
    public static Certificate Sign(TbsCertificate tbs, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(tbs);
        ArgumentNullException.ThrowIfNull(signer);
        byte[] tbsData = tbs.Encode();
        return Assemble(tbsData, signer.Algorithm, signer.Sign(tbsData));
    }

    /// <summary>Puts together what was linted with the signature over it (docs/issuing.md steps 8 and 9).</summary>
    /// <param name="tbsData">The DER that was signed, used as it is.</param>
    /// <param name="algorithm">The signature's algorithm.</param>
    /// <param name="signature">The DER signature value.</param>
    /// <exception cref="PkiException">The TBS is not one, or names another algorithm.</exception>
    public static Certificate Assemble(ReadOnlySpan<byte> tbsData, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return Decode(SignedStructure.Assemble(tbsData, algorithm, signature));
    }

    /// <summary>True when this certificate's signature verifies with the issuer's key. Says nothing of names, time or rights.</summary>
    public bool IsSignedBy(Certificate issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        return IsSignedBy(issuer.PublicKey);
    }

    /// <summary>True when this certificate's signature verifies with the key.</summary>
    public bool IsSignedBy(SubjectPublicKeyInfo issuerKey)
    {
        ArgumentNullException.ThrowIfNull(issuerKey);
        return issuerKey.Verify(SignatureAlgorithm, TbsData.Span, Signature.Span);
    }

    /// <summary>True when a time lies within the validity, both ends included.</summary>
    public bool IsValidAt(DateTimeOffset time) => time >= NotBefore && time < NotAfter.AddSeconds(1);

    /// <summary>True when keyUsage is absent or has all these bits.</summary>
    public bool Allows(KeyUsages usages) => KeyUsage is not { } bits || (bits & usages) == usages;

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();

    /// <summary>PEM with the label CERTIFICATE, ending in a newline.</summary>
    public string ToPem() => Pem.Encode(Pem.CertificateLabel, RawData.Span);

    /// <inheritdoc/>
    public bool Equals(Certificate? other) => other is not null && RawData.Span.SequenceEqual(other.RawData.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Certificate);

    /// <inheritdoc/>
    public override int GetHashCode() => SerialNumber.GetHashCode();

    /// <summary>Subject, serial and issuer, for logs.</summary>
    public override string ToString() => $"{Subject} (serial {SerialHex}, issued by {Issuer})";
}
