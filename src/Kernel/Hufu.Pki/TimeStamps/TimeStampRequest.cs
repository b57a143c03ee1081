using System.Numerics;

namespace Hufu.Pki;

// TimeStampReq ::= SEQUENCE { version INTEGER (1), messageImprint MessageImprint, reqPolicy OBJECT IDENTIFIER OPTIONAL, nonce INTEGER OPTIONAL,
//   certReq BOOLEAN DEFAULT FALSE, extensions [0] IMPLICIT Extensions OPTIONAL }   (RFC 3161 2.4.1, GM/T 0033)

/// <summary>A time-stamp request.</summary>
public sealed class TimeStampRequest
{
    /// <summary>Bytes of the largest nonce that is read.</summary>
    public const int MaxNonceSize = 64;

    private TimeStampRequest(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        DerReader outer = new(rawData);
        DerReader fields = outer.ReadSequence();
        if (fields.ReadInt32() != 1)
        {
            throw PkiException.Unsupported("A time-stamp request of another version than 1.");
        }

        Imprint = MessageImprint.Read(ref fields);
        Policy = fields.PeekTag() == DerTag.ObjectIdentifier ? fields.ReadOid() : null;
        Nonce = fields.PeekTag() == DerTag.Integer ? fields.ReadBigInteger(MaxNonceSize) : null;
        CertificateRequested = fields.PeekTag() == DerTag.Boolean && fields.ReadBoolean(); // FALSE spelt out is let through: some clients do
        Extensions = fields.PeekTag() == 0xA0 ? CertificateExtension.ReadList(ref fields, tag: 0xA0) : [];
        fields.ThrowIfNotEmpty();
    }

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>What is to be stamped.</summary>
    public MessageImprint Imprint { get; }

    /// <summary>The asked policy, dotted, or null.</summary>
    public string? Policy { get; }

    /// <summary>The nonce, or null.</summary>
    public BigInteger? Nonce { get; }

    /// <summary>certReq: the token shall carry the authority's certificate.</summary>
    public bool CertificateRequested { get; }

    /// <summary>Extensions; any one is a reason to refuse with <see cref="TimeStampFailure.UnacceptedExtension"/> (GM/T 0033).</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; }

    /// <summary>Makes a request.</summary>
    /// <param name="imprint">What is to be stamped.</param>
    /// <param name="nonce">A random number, or null.</param>
    /// <param name="certificateRequested">Whether the token shall carry the certificate.</param>
    /// <param name="policy">The asked policy, dotted, or null for the authority's own.</param>
    public static TimeStampRequest Create(MessageImprint imprint, BigInteger? nonce, bool certificateRequested, string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(imprint);
        return new TimeStampRequest(DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(1);
                imprint.Write(w);
                if (policy is not null)
                {
                    w.WriteObjectIdentifier(policy);
                }

                if (nonce is { } number)
                {
                    w.WriteInteger(number);
                }

                if (certificateRequested)
                {
                    w.WriteBoolean(true);
                }
            }
        }));
    }

    /// <summary>Reads the DER.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not a request.</exception>
    public static TimeStampRequest Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.TimeStampRequestSize, "a time-stamp request");
        return new TimeStampRequest(der);
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
