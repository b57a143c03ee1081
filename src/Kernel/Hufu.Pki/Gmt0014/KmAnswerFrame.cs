using System.Buffers;
using Hufu.Crypto;

namespace Hufu.Pki.Gmt0014;

/// <summary>
/// What the answers of one KM have in common, laid out once, so that a KM that answers many requests at once writes each answer in one go. Writes byte for byte what
/// <see cref="KmRespond.EncodeBody"/> and <see cref="RetKeyRespond.Create(SerialNumber, Sm2EnvelopedKey, Certificate, ReadOnlyMemory{byte})"/> write. Immutable; safe for many threads.
/// </summary>
public sealed class KmAnswerFrame
{
    // 04 || X || Y behind id-ecPublicKey with the SM2 curve.
    private static readonly byte[] s_publicKeyHead = Convert.FromHexString("3059301306072A8648CE3D020106082A811CCF5501822D034200");
    private static readonly byte[] s_dataType = DerWriting.Encode(w => w.WriteObjectIdentifier(Oids.GmData));
    private static readonly byte[] s_digests = [0x31, (byte)AlgorithmIdentifier.Sm3.RawData.Length, .. AlgorithmIdentifier.Sm3.RawData.Span];
    private const int RoomAroundKey = 512;
    private const int RoomAroundBody = 64;

    private readonly Gmt0014Options _options;
    private readonly byte[] _head;
    private readonly byte[] _party;

    /// <summary>The frame of a KM.</summary>
    /// <param name="km">Its certificate.</param>
    /// <param name="options">The open points.</param>
    public KmAnswerFrame(Certificate km, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(km);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _head = [.. DerWriting.Encode(w => w.WriteInteger(options.Version)), .. KnownEntName.Of(km, options).Encoded.Span];
        _party = DerWriting.Encode(PartyIdentifier.Of(km).Write);
    }

    /// <summary>What the KM signs when its signature covers the encrypted content: the DER of EncryptedContentInfo.</summary>
    /// <param name="encryptedPrivateKey">SM4-ECB of the private key.</param>
    public static byte[] SignedContent(ReadOnlySpan<byte> encryptedPrivateKey)
    {
        DerTail tail = new(stackalloc byte[RoomAroundKey]);
        WriteContent(ref tail, encryptedPrivateKey);
        return tail.Written.ToArray();
    }

    /// <summary>One entry of the respond list: a pair that a device has enveloped.</summary>
    /// <param name="restored">restorekeyrespond instead of applykeyrespond.</param>
    /// <param name="userCertificateNumber">userCertNo of the request.</param>
    /// <param name="publicKeyPoint">04 || X || Y of the pair.</param>
    /// <param name="encryptedKey">The SM4 key under the holder's signing key.</param>
    /// <param name="encryptedPrivateKey">SM4-ECB of the private key: 32 bytes.</param>
    /// <param name="signature">DER SM2Signature by the KM's key over what was agreed.</param>
    public byte[] GivenKey(
        bool restored, SerialNumber userCertificateNumber, ReadOnlySpan<byte> publicKeyPoint, Sm2Cipher encryptedKey, ReadOnlySpan<byte> encryptedPrivateKey, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(encryptedKey);
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKeyPoint.Length, Sm2.PublicKeySize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(encryptedPrivateKey.Length, Sm2.PrivateKeySize);
        byte[] room = ArrayPool<byte>.Shared.Rent((2 * _party.Length) + encryptedKey.Raw.Length + signature.Length + RoomAroundKey);
        DerTail tail = new(room);

        // signerInfos
        tail.Raw(signature);
        tail.Wrap(DerTag.OctetString, 0);
        tail.Raw(AlgorithmIdentifier.Sm2Signing.RawData.Span);
        tail.Raw(AlgorithmIdentifier.Sm3.RawData.Span);
        tail.Raw(_party);
        tail.Raw([DerTag.Integer, 1, 1]);
        tail.Wrap(DerTag.Sequence, 0);
        tail.Wrap(DerTag.Set, 0);

        WriteContent(ref tail, encryptedPrivateKey);
        tail.Raw(s_digests);

        // recipientInfos
        int recipients = tail.Length;
        ReadOnlySpan<byte> cipher = encryptedKey.Raw.Span;
        tail.Raw(cipher[96..]);
        tail.Wrap(DerTag.OctetString, recipients);
        int hash = tail.Length;
        tail.Raw(cipher[64..96]);
        tail.Wrap(DerTag.OctetString, hash);
        tail.Unsigned(cipher[32..64]);
        tail.Unsigned(cipher[..32]);
        tail.Wrap(DerTag.Sequence, recipients);
        tail.Wrap(DerTag.OctetString, recipients);
        tail.Raw(AlgorithmIdentifier.Sm2Encryption.RawData.Span);
        tail.Raw(_party);
        tail.Raw([DerTag.Integer, 1, 1]);
        tail.Wrap(DerTag.Sequence, recipients);
        tail.Wrap(DerTag.Set, recipients);

        tail.Raw([DerTag.Integer, 1, 1]);
        tail.Wrap(DerTag.Sequence, 0);
        tail.Raw(publicKeyPoint);
        tail.Raw(s_publicKeyHead);
        WriteNumber(ref tail, userCertificateNumber);
        if (_options.Tagging == ChoiceTagging.Explicit)
        {
            tail.Wrap(DerTag.Sequence, 0);
        }

        tail.Wrap(DerTag.ContextConstructed(restored ? 1 : 0), 0);
        byte[] encoded = tail.Written.ToArray();
        ArrayPool<byte>.Shared.Return(room);
        return encoded;
    }

    /// <summary>One entry of the respond list: anything else.</summary>
    /// <param name="result">The answer.</param>
    public byte[] Other(KmResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return DerWriting.Encode(w => result.Write(w, _options));
    }

    /// <summary>The DER of ksRespond, which is what the KM signs.</summary>
    /// <param name="entries">One for each request, in order.</param>
    /// <param name="time">respondTime; the fraction of a second is cut off.</param>
    /// <param name="taskNumber">taskNO of the request.</param>
    public byte[] Body(IReadOnlyList<byte[]> entries, DateTimeOffset time, SerialNumber taskNumber)
    {
        ArgumentNullException.ThrowIfNull(entries);
        int size = _head.Length + RoomAroundBody;
        for (int i = 0; i < entries.Count; i++)
        {
            size += entries[i].Length;
        }

        byte[] room = ArrayPool<byte>.Shared.Rent(size);
        DerTail tail = new(room);
        WriteNumber(ref tail, taskNumber);
        tail.Time(time.ToUnixTimeSeconds());
        int list = tail.Length;
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            tail.Raw(entries[i]);
        }

        tail.Wrap(DerTag.Sequence, list);
        tail.Raw(_head);
        tail.Wrap(DerTag.Sequence, 0);
        byte[] encoded = tail.Written.ToArray();
        ArrayPool<byte>.Shared.Return(room);
        return encoded;
    }

    // EncryptedContentInfo
    private static void WriteContent(ref DerTail tail, ReadOnlySpan<byte> encryptedPrivateKey)
    {
        int since = tail.Length;
        tail.Raw(encryptedPrivateKey);
        tail.Wrap(0x80, since);
        tail.Raw(AlgorithmIdentifier.Sm4Ecb.RawData.Span);
        tail.Raw(s_dataType);
        tail.Wrap(DerTag.Sequence, since);
    }

    private static void WriteNumber(ref DerTail tail, SerialNumber number)
    {
        int since = tail.Length;
        tail.Raw(number.Content);
        tail.Wrap(DerTag.Integer, since);
    }
}
