using System.Formats.Asn1;
using Hufu.Crypto;

namespace Hufu.Pki;

// CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
// CertificationRequestInfo ::= SEQUENCE { version INTEGER (0), subject Name, subjectPKInfo SubjectPublicKeyInfo, attributes [0] IMPLICIT SET OF Attribute }
// (RFC 2986 4; GM/T 0092: the same, SM2 with SM3 without parameters)

/// <summary>A PKCS#10 certification request. Immutable; keeps the bytes it was read from.</summary>
public sealed class CertificationRequest
{
    private readonly SignedStructure _parts;

    private CertificationRequest(ReadOnlyMemory<byte> rawData, SignedStructure parts, DistinguishedName subject, SubjectPublicKeyInfo publicKey, IReadOnlyList<PkiAttribute> attributes)
    {
        RawData = rawData;
        _parts = parts;
        Subject = subject;
        PublicKey = publicKey;
        Attributes = attributes;
        if (PkiAttribute.Find(attributes, Oids.AttributeExtensionRequest) is { } request)
        {
            DerReader reader = new(request.Values[0]);
            RequestedExtensions = CertificateExtension.ReadList(ref reader);
            reader.ThrowIfNotEmpty();
        }

        PkiAttribute? challenge = PkiAttribute.Find(attributes, Oids.AttributeGmChallengePassword) ?? PkiAttribute.Find(attributes, Oids.AttributeChallengePassword);
        if (challenge is not null)
        {
            DerReader reader = new(challenge.Values[0]);
            ChallengePassword = reader.ReadString(reader.PeekTag());
        }
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The DER of certificationRequestInfo: what the signature covers.</summary>
    public ReadOnlyMemory<byte> InfoData => _parts.Tbs;

    /// <summary>The requested subject; the CA takes the name from its own checks, not from here.</summary>
    public DistinguishedName Subject { get; }

    /// <summary>The key to be certified.</summary>
    public SubjectPublicKeyInfo PublicKey { get; }

    /// <summary>All attributes.</summary>
    public IReadOnlyList<PkiAttribute> Attributes { get; }

    /// <summary>Extensions asked for, empty when none.</summary>
    public IReadOnlyList<CertificateExtension> RequestedExtensions { get; } = [];

    /// <summary>challengePassword of GM/T 0092 or PKCS#9, or null.</summary>
    public string? ChallengePassword { get; }

    /// <summary>The algorithm of the signature.</summary>
    public AlgorithmIdentifier SignatureAlgorithm => _parts.Algorithm;

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature => _parts.Signature;

    /// <summary>Makes a request for the signer's key.</summary>
    /// <param name="subject">The requested subject.</param>
    /// <param name="signer">The key to be certified.</param>
    /// <param name="extensions">Extensions asked for; empty for none.</param>
    /// <param name="challengePassword">Printable text, written under GM/T 0092's identifier; null for none.</param>
    public static CertificationRequest Create(DistinguishedName subject, ISigner signer, IReadOnlyList<CertificateExtension>? extensions = null, string? challengePassword = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(signer);
        if (challengePassword is not null && !DerText.IsPrintable(challengePassword))
        {
            throw PkiException.BadValue("The challenge password holds a character that a PrintableString does not have.");
        }

        byte[] info = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(0);
                subject.Write(w);
                signer.PublicKey.Write(w);
                using (w.PushSetOf(DerWriting.Context(0, constructed: true)))
                {
                    if (extensions is { Count: > 0 })
                    {
                        PkiAttribute.Create(Oids.AttributeExtensionRequest, x => CertificateExtension.WriteList(x, extensions)).Write(w);
                    }

                    if (challengePassword is not null)
                    {
                        PkiAttribute.Create(Oids.AttributeGmChallengePassword, x => x.WriteCharacterString(UniversalTagNumber.PrintableString, challengePassword)).Write(w);
                    }
                }
            }
        });
        return Decode(SignedStructure.Assemble(info, signer.Algorithm, signer.Sign(info)));
    }

    /// <summary>Reads the DER. Does not check possession.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a request.</exception>
    public static CertificationRequest Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.RequestSize, "a certification request");
        SignedStructure parts = SignedStructure.Read(der);
        DerReader outer = new(parts.Tbs);
        DerReader info = outer.ReadSequence();
        if (info.ReadInt32() != 0)
        {
            throw PkiException.Unsupported("A certification request of another version than 0.");
        }

        DistinguishedName subject = DistinguishedName.Read(ref info);
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Read(ref info);
        IReadOnlyList<PkiAttribute> attributes = info.TryReadConstructed(0xA0, out DerReader list) ? PkiAttribute.ReadList(ref list) : []; // left out by some
        info.ThrowIfNotEmpty();
        return new CertificationRequest(der, parts, subject, key, attributes);
    }

    /// <summary>Reads DER, PEM or bare base64.</summary>
    /// <exception cref="PkiException">None of these.</exception>
    public static CertificationRequest DecodePemOrDer(ReadOnlyMemory<byte> data) => Decode(Pem.ToDer(data, Pem.RequestLabel));

    /// <summary>Checks that the requester has the private key.</summary>
    /// <exception cref="PkiException">The key or the algorithm is none that can be checked (<see cref="PkiError.Unsupported"/>), or the point is off the curve (<see cref="PkiError.BadValue"/>).</exception>
    public Possession CheckPossession()
    {
        if (!PublicKey.IsSm2)
        {
            return PublicKey.IsP256
                ? PublicKey.Verify(SignatureAlgorithm, InfoData.Span, Signature.Span) ? Possession.Proven : Possession.WrongKey
                : throw PkiException.Unsupported($"The request's key algorithm {PublicKey.Algorithm.Oid} is not offered.");
        }

        Sm2PublicKey key = PublicKey.RequireSm2();
        if (SignatureAlgorithm.Oid != Oids.Sm2WithSm3 || !SignatureAlgorithm.HasNoParameters)
        {
            throw PkiException.Unsupported($"An SM2 request is signed with sm2-with-sm3, not {SignatureAlgorithm.Oid}.");
        }

        Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
        if (!Sm2SignatureValue.TryDecode(Signature.Span, signature))
        {
            return Possession.WrongKey;
        }

        if (key.VerifyData(Sm2.DefaultId, InfoData.Span, signature))
        {
            return Possession.Proven;
        }

        // Both mistakes are refused; telling them apart lets the refusal say what to do.
        if (key.VerifyData([], InfoData.Span, signature))
        {
            return Possession.EmptyId;
        }

        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        Sm3.HashData(InfoData.Span, digest);
        return key.VerifyDigest(digest, signature) ? Possession.WithoutZ : Possession.WrongKey;
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();

    /// <summary>PEM with the label CERTIFICATE REQUEST, ending in a newline.</summary>
    public string ToPem() => Pem.Encode(Pem.RequestLabel, RawData.Span);
}
