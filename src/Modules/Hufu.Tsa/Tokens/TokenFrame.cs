using System.Formats.Asn1;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

// TimeStampResp ::= SEQUENCE { PKIStatusInfo, ContentInfo { signedData, [0] SignedData } }
// SignedData ::= SEQUENCE { version, digestAlgorithms, SEQUENCE { id-ct-TSTInfo, [0] OCTET STRING }, certificates [0] OPTIONAL, SET { SignerInfo } }
// SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0], signatureAlgorithm, signature }   (RFC 3161 2.4.2, RFC 5652 5.1, 5.3)

/// <summary>
/// What is the same in every token of one certificate and syntax, taken from one that <see cref="TimeStampToken.Sign"/> has made: there is one place that decides how a token looks. Tokens are put together around it, so that
/// many can be signed in one batch.
/// </summary>
internal sealed class TokenFrame
{
    private static readonly byte[] s_granted = [0x30, 0x03, 0x02, 0x01, 0x00];
    private static readonly byte[] s_digestType = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
    private static readonly byte[] s_timeType = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];

    private readonly byte[] _type;
    private readonly byte[] _beforeContent;
    private readonly byte[] _contentType;
    private readonly byte[] _certificates;
    private readonly byte[] _beforeAttributes;
    private readonly byte[][] _attributes;
    private readonly byte[] _signatureAlgorithm;
    private readonly bool _shortTime;
    private readonly byte[] _beforeImprint;
    private readonly byte[] _afterTime;

    /// <summary>Takes the frame from a sample token.</summary>
    /// <param name="identity">Certificate and key.</param>
    /// <param name="sample">A statement like those to come.</param>
    /// <param name="syntax">GM/T 0010 or CMS.</param>
    /// <param name="withCertificate">Whether the tokens carry the certificate.</param>
    public TokenFrame(TsaIdentity identity, TstInfo sample, MessageSyntax syntax, bool withCertificate)
    {
        Identity = identity;
        var statement = new AsnReader(sample.Encode(), AsnEncodingRules.DER).ReadSequence();
        _beforeImprint = [.. statement.ReadEncodedValue().Span, .. statement.ReadEncodedValue().Span];
        _ = (statement.ReadEncodedValue(), statement.ReadEncodedValue(), statement.ReadEncodedValue());
        _afterTime = Rest(statement);
        var token = TimeStampToken.Sign(sample, identity.Signer, identity.Certificate, syntax, withCertificate ? [identity.Certificate] : []);
        var info = new AsnReader(token.RawData, AsnEncodingRules.DER).ReadSequence();
        _type = info.ReadEncodedValue().ToArray();
        var data = info.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        _beforeContent = [.. data.ReadEncodedValue().Span, .. data.ReadEncodedValue().Span];
        _contentType = data.ReadSequence().ReadEncodedValue().ToArray();
        _certificates = data.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)) ? data.ReadEncodedValue().ToArray() : [];
        var signer = data.ReadSetOf().ReadSequence();
        _beforeAttributes = [.. signer.ReadEncodedValue().Span, .. signer.ReadEncodedValue().Span, .. signer.ReadEncodedValue().Span];
        var attributes = signer.ReadSetOf(new Asn1Tag(TagClass.ContextSpecific, 0));
        var all = new List<byte[]>();
        while (attributes.HasData)
        {
            all.Add(attributes.ReadEncodedValue().ToArray());
        }

        _attributes = [.. all];
        AttributesSize = all.Sum(attribute => attribute.Length) + Z.Length + 16;
        _shortTime = all.Single(attribute => attribute.AsSpan(2).StartsWith(s_timeType)).AsSpan(2 + s_timeType.Length + 2)[0] == 0x17;
        _signatureAlgorithm = signer.ReadEncodedValue().ToArray();
        (identity.Certificate.PublicKey.Sm2 ?? throw new PkiException(PkiError.Unsupported, "The time-stamping key is not SM2.")).ComputeZ(Sm2.DefaultId, Z);
    }

    /// <summary>With whose key the tokens are signed.</summary>
    public TsaIdentity Identity { get; }

    /// <summary>Z of that key.</summary>
    public byte[] Z { get; } = new byte[Sm3.HashSizeInBytes];

    /// <summary>Bytes that the attributes with Z before them need at most.</summary>
    public int AttributesSize { get; }

    /// <summary>Bytes that a response around a statement needs at most.</summary>
    public int SizeAround(int statement) => statement + _certificates.Length + _beforeAttributes.Length + AttributesSize + 256;

    /// <summary>Writes TSTInfo for a work whose time and serial are set.</summary>
    public void Statement(StampWork work)
    {
        var tail = work.Statement.Begin(512 + _beforeImprint.Length);
        if (!work.Nonce.IsEmpty)
        {
            tail.Raw(work.Nonce);
            tail.Wrap(0x02, 0);
        }

        tail.Raw(_afterTime);
        Time(ref tail, work.Time);
        var since = tail.Length;
        tail.Raw(work.Serial.Content);
        tail.Wrap(0x02, since);
        since = tail.Length;
        tail.Raw(work.Hash);
        tail.Wrap(0x04, since);
        tail.Raw(work.Algorithm);
        tail.Wrap(0x30, since);
        tail.Raw(_beforeImprint);
        tail.Wrap(0x30, 0);
        work.Statement.End(tail);
    }

    // GeneralizedTime with a fraction that does not end in zero (RFC 3161 2.4.2).
    private static void Time(ref DerTail tail, long microseconds)
    {
        var since = tail.Length;
        var (second, fraction) = Math.DivRem(microseconds, 1_000_000);
        tail.Octet((byte)'Z');
        if (fraction > 0)
        {
            var digits = 6;
            for (; fraction % 10 == 0; fraction /= 10)
            {
                digits--;
            }

            for (; digits > 0; digits--, fraction /= 10)
            {
                tail.Octet((byte)('0' + (fraction % 10)));
            }

            tail.Octet((byte)'.');
        }

        var whole = new DerTail(stackalloc byte[17]);
        whole.Time(second);
        tail.Raw(whole.Written[2..^1]);
        tail.Wrap(0x18, since);
    }

    private static byte[] Rest(AsnReader reader)
    {
        var rest = new List<byte>();
        while (reader.HasData)
        {
            rest.AddRange(reader.ReadEncodedValue().Span);
        }

        return [.. rest];
    }

    /// <summary>The signed attributes in the order of the sample's, which DER's order of a SET is: of two attributes the lengths differ, and those do not change.</summary>
    /// <param name="tail">Where to.</param>
    /// <param name="digest">SM3 of the statement.</param>
    /// <param name="second">signingTime, Unix seconds.</param>
    public void Attributes(ref DerTail tail, scoped ReadOnlySpan<byte> digest, long second)
    {
        for (var i = _attributes.Length - 1; i >= 0; i--)
        {
            var since = tail.Length;
            var type = _attributes[i].AsSpan(2);
            if (type.StartsWith(s_digestType))
            {
                tail.Raw(digest);
                tail.Wrap(0x04, since);
                tail.Wrap(0x31, since);
                tail.Raw(s_digestType);
                tail.Wrap(0x30, since);
            }
            else if (type.StartsWith(s_timeType))
            {
                if (_shortTime)
                {
                    tail.ShortTime(second);
                }
                else
                {
                    tail.Time(second);
                }

                tail.Wrap(0x31, since);
                tail.Raw(s_timeType);
                tail.Wrap(0x30, since);
            }
            else
            {
                tail.Raw(_attributes[i]);
            }
        }
    }

    /// <summary>The granting response.</summary>
    /// <param name="tail">Empty.</param>
    /// <param name="statement">TSTInfo, DER.</param>
    /// <param name="attributes">As <see cref="Attributes"/> wrote them.</param>
    /// <param name="signature">r ‖ s.</param>
    /// <returns>How long the token at its end is.</returns>
    public int Response(ref DerTail tail, scoped ReadOnlySpan<byte> statement, scoped ReadOnlySpan<byte> attributes, scoped ReadOnlySpan<byte> signature)
    {
        tail.Signature(signature);
        tail.Wrap(0x04, 0);
        tail.Raw(_signatureAlgorithm);
        var since = tail.Length;
        tail.Raw(attributes);
        tail.Wrap(0xA0, since);
        tail.Raw(_beforeAttributes);
        tail.Wrap(0x30, 0);
        tail.Wrap(0x31, 0);
        tail.Raw(_certificates);
        since = tail.Length;
        tail.Raw(statement);
        tail.Wrap(0x04, since);
        tail.Wrap(0xA0, since);
        tail.Raw(_contentType);
        tail.Wrap(0x30, since);
        tail.Raw(_beforeContent);
        tail.Wrap(0x30, 0);
        tail.Wrap(0xA0, 0);
        tail.Raw(_type);
        tail.Wrap(0x30, 0);
        var token = tail.Length;
        tail.Raw(s_granted);
        tail.Wrap(0x30, 0);
        return token;
    }
}
