using Hufu.Crypto;
using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

// OCSPResponse ::= SEQUENCE { responseStatus, [0] SEQUENCE { id-pkix-ocsp-basic, OCTET STRING { BasicOCSPResponse } } }
// BasicOCSPResponse ::= SEQUENCE { ResponseData, signatureAlgorithm, BIT STRING, [0] SEQUENCE OF Certificate }
// ResponseData ::= SEQUENCE { [1] Name, GeneralizedTime, SEQUENCE OF SingleResponse, [1] Extensions OPTIONAL }   (RFC 6960 4.2.1)

/// <summary>The times of an answer, Unix seconds.</summary>
/// <param name="Produced">producedAt.</param>
/// <param name="This">thisUpdate.</param>
/// <param name="Next">nextUpdate.</param>
internal sealed record AnswerTimes(long Produced, long This, long Next);

/// <summary>
/// What is the same in every answer of one responder certificate, laid out once; an answer is put together around it without allocating. What is signed ahead and what is signed live go through the same
/// two methods, so an answer kept as signature and times comes out byte for byte as it was signed.
/// </summary>
internal sealed class AnswerFrame
{
    private static readonly byte[] s_successful = [0x0A, 0x01, 0x00];
    private static readonly byte[] s_basic = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
    private static readonly byte[] s_nonce = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
    private static readonly byte[] s_cutoff = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x06];
    private static readonly byte[] s_extendedRevoke = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x09, 0x04, 0x02, 0x05, 0x00];

    private readonly byte[] _responder;
    private readonly byte[] _algorithm;
    private readonly byte[] _certificates;
    private readonly byte[] _z;

    /// <summary>The frame of a responder, in the algorithm of its key: SM2 with SM3, or ECDSA with SHA-256 of a P-256 key.</summary>
    /// <param name="certificate">Its certificate, named by subject and carried along.</param>
    /// <exception cref="PkiException">Unsupported: a key of another kind.</exception>
    public AnswerFrame(Certificate certificate)
    {
        Certificate = certificate;
        _responder = Wrapped(0xA1, certificate.Subject.RawData.Span);
        _certificates = Wrapped(0xA0, Wrapped(0x30, certificate.RawData.Span));
        if (certificate.PublicKey.IsP256)
        {
            (_algorithm, _z) = (AlgorithmIdentifier.EcdsaWithSha256.RawData.ToArray(), []);
            return;
        }

        (_algorithm, _z) = (AlgorithmIdentifier.Sm2WithSm3.RawData.ToArray(), new byte[Sm3.HashSizeInBytes]);
        (certificate.PublicKey.Sm2 ?? throw new PkiException(PkiError.Unsupported, "The responder's key is neither SM2 nor P-256.")).ComputeZ(Sm2.DefaultId, _z);
    }

    /// <summary>The responder's certificate.</summary>
    public Certificate Certificate { get; }

    /// <summary>Z of the responder's key (GM/T 0009 8.1), which is hashed before what is signed; empty for P-256.</summary>
    public ReadOnlySpan<byte> Z => _z;

    /// <summary>Bytes that an answer with this much signed data needs at most.</summary>
    public int SizeAround(int signedData) => signedData + _certificates.Length + 160;

    /// <summary>Writes one SingleResponse.</summary>
    /// <param name="tail">Where to.</param>
    /// <param name="certId">The client's CertID, DER.</param>
    /// <param name="standing">What is known.</param>
    /// <param name="times">Its times.</param>
    /// <param name="cutoff">archiveCutoff, Unix seconds, or null.</param>
    public static void Single(ref DerTail tail, ReadOnlySpan<byte> certId, in CertificateStanding standing, AnswerTimes times, long? cutoff)
    {
        var whole = tail.Length;
        if (cutoff is { } second)
        {
            Cutoff(ref tail, second);
        }

        Times(ref tail, times);
        Standing(ref tail, standing);
        tail.Raw(certId);
        tail.Wrap(0x30, whole);
    }

    /// <summary>singleExtensions with archiveCutoff (RFC 6960 4.4.4).</summary>
    public static void Cutoff(ref DerTail tail, long second)
    {
        var since = tail.Length;
        tail.Time(second);
        tail.Wrap(0x04, since);
        tail.Raw(s_cutoff);
        tail.Wrap(0x30, since);
        tail.Wrap(0x30, since);
        tail.Wrap(0xA1, since);
    }

    /// <summary>thisUpdate and nextUpdate.</summary>
    public static void Times(ref DerTail tail, AnswerTimes times)
    {
        var next = tail.Length;
        tail.Time(times.Next);
        tail.Wrap(0xA0, next);
        tail.Time(times.This);
    }

    /// <summary>certStatus.</summary>
    public static void Standing(ref DerTail tail, in CertificateStanding standing)
    {
        switch (standing.Standing)
        {
            case Status.Standing.Good:
                tail.Octet(0);
                tail.Octet(0x80);
                break;
            case Status.Standing.Revoked:
                var revoked = tail.Length;
                if (standing.Reason != Contracts.RevocationReason.Unspecified)
                {
                    tail.Octet((byte)standing.Reason);
                    tail.Octet(1);
                    tail.Octet(0x0A);
                    tail.Wrap(0xA0, revoked);
                }

                tail.Time(standing.RevokedAt.ToUnixTimeSeconds());
                tail.Wrap(0xA1, revoked);
                break;
            default:
                tail.Octet(0);
                tail.Octet(0x82);
                break;
        }
    }

    /// <summary>Makes SingleResponses that were just written ResponseData: what is signed.</summary>
    /// <param name="tail">Holds the SingleResponses since <paramref name="since"/>, and after them the extensions of <see cref="Extensions"/>, if any, since <paramref name="whole"/>.</param>
    /// <param name="since">Where the SingleResponses end.</param>
    /// <param name="whole">Where ResponseData ends.</param>
    /// <param name="produced">producedAt.</param>
    public void Data(ref DerTail tail, int since, int whole, long produced)
    {
        tail.Wrap(0x30, since);
        tail.Time(produced);
        tail.Raw(_responder);
        tail.Wrap(0x30, whole);
    }

    /// <summary>Writes responseExtensions: the nonce (RFC 9654) and, where unknown certificates are told as revoked, the extended definition (RFC 6960 2.2, 4.4.8).</summary>
    public static void Extensions(ref DerTail tail, ReadOnlySpan<byte> nonce, bool extendedRevoke)
    {
        if (nonce.IsEmpty && !extendedRevoke)
        {
            return;
        }

        var since = tail.Length;
        if (extendedRevoke)
        {
            var one = tail.Length;
            tail.Raw(s_extendedRevoke);
            tail.Wrap(0x30, one);
        }

        if (!nonce.IsEmpty)
        {
            var one = tail.Length;
            tail.Raw(nonce);
            tail.Wrap(0x04, one);
            tail.Wrap(0x04, one);
            tail.Raw(s_nonce);
            tail.Wrap(0x30, one);
        }

        tail.Wrap(0x30, since);
        tail.Wrap(0xA1, since);
    }

    /// <summary>Puts the signature before everything that is the same, then what it signs, then the outer shells: the whole OCSPResponse.</summary>
    /// <param name="tail">Empty.</param>
    /// <param name="data">ResponseData, DER.</param>
    /// <param name="signature">r ‖ s, 64 bytes.</param>
    public void Response(ref DerTail tail, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        AfterData(ref tail, signature);
        tail.Raw(data);
        Shell(ref tail);
    }

    /// <summary>What stands after ResponseData: algorithm, signature, certificate.</summary>
    public void AfterData(ref DerTail tail, ReadOnlySpan<byte> signature)
    {
        tail.Raw(_certificates);
        var since = tail.Length;
        tail.Signature(signature);
        tail.Octet(0);
        tail.Wrap(0x03, since);
        tail.Raw(_algorithm);
    }

    /// <summary>The shells around everything written.</summary>
    public static void Shell(ref DerTail tail)
    {
        tail.Wrap(0x30, 0);
        tail.Wrap(0x04, 0);
        tail.Raw(s_basic);
        tail.Wrap(0x30, 0);
        tail.Wrap(0xA0, 0);
        tail.Raw(s_successful);
        tail.Wrap(0x30, 0);
    }

    private static byte[] Wrapped(byte tag, ReadOnlySpan<byte> content)
    {
        var tail = new DerTail(new byte[content.Length + 6]);
        tail.Raw(content);
        tail.Wrap(tag, 0);
        return tail.Written.ToArray();
    }
}
