using System.Runtime.InteropServices;
using Hufu.Crypto;
using Hufu.Ocsp.Memory;
using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>
/// Answers signed ahead for all serials of a bucket: 64 bytes of signature an answer and form of CertID, and what they have in common once for many buckets; the rest of an answer is put around them when it is asked for.
/// </summary>
internal sealed class KeptAnswers
{
    private readonly byte[] _piece;
    private readonly int _offset;
    private readonly int _count;
    private readonly (int Position, CertificateStanding Standing)[] _revoked;

    private KeptAnswers(byte[] serials, KeptFrame common, byte[] piece, int offset, int count, (int, CertificateStanding)[] revoked) =>
        (Serials, Common, _piece, _offset, _count, _revoked) = (serials, common, piece, offset, count, revoked);

    /// <summary>The bytes of the bucket that these answers are about: that array and no other.</summary>
    public byte[] Serials { get; }

    /// <summary>What the answers have in common.</summary>
    public KeptFrame Common { get; }

    /// <summary>The signature of an answer, r ‖ s.</summary>
    /// <param name="place">Of <see cref="KeptFrame.Place"/>.</param>
    /// <param name="position">The serial's in its bucket.</param>
    public ReadOnlySpan<byte> Signature(int place, int position) => _piece.AsSpan(_offset + (((place * _count) + position) * Sm2.SignatureSize), Sm2.SignatureSize);

    /// <summary>Has the processor fetch a signature that is needed soon.</summary>
    public void Fetch(int place, int position) => Lines.Fetch(ref MemoryMarshal.GetReference(Signature(place, position)));

    /// <summary>The standing that was signed, as the marks and details were then, of a serial that is marked.</summary>
    private CertificateStanding Standing(int position)
    {
        foreach (var (at, standing) in _revoked)
        {
            if (at == position)
            {
                return standing;
            }
        }

        return CertificateStanding.Good;
    }

    /// <summary>Signs the answers for all serials of a bucket.</summary>
    /// <param name="bucket">The bucket, not empty.</param>
    /// <param name="common">What they have in common.</param>
    /// <param name="signer">The responder's key.</param>
    /// <param name="room">Where signatures lie.</param>
    public static KeptAnswers Sign(SerialBucket bucket, KeptFrame common, IBatchSigner signer, SignatureRoom room)
    {
        int count = bucket.Count, length = common.Length;
        var authority = common.Issuers[0].Index;
        var (piece, offset) = room.Take(count * common.Issuers.Count * Sm2.SignatureSize);
        var kept = new KeptAnswers(
            bucket.Identity, common, piece, offset, count,
            [.. Enumerable.Range(0, count).Where(bucket.IsMarked).Select(i => (i, authority.Standing(bucket.Serial(i, length), bucket, i))).Where(one => one.Item2.Standing == Status.Standing.Revoked)]);
        var text = new byte[512 + common.Frame.Certificate.Subject.RawData.Length];
        var texts = new byte[count * text.Length];
        var lengths = new int[count];
        var digests = new byte[count * Sm3.HashSizeInBytes];
        var signatures = new byte[count * Sm2.SignatureSize];
        var order = new int[count];
        for (var place = 0; place < common.Issuers.Count; place++)
        {
            // Those of one length side by side: the good ones first, whose answers all have the same.
            int at = 0, filled = 0;
            for (var pass = 0; pass < 2; pass++)
            {
                for (var i = 0; i < count; i++)
                {
                    if (bucket.IsMarked(i) != (pass == 1))
                    {
                        continue;
                    }

                    var tail = new DerTail(text);
                    kept.Write(ref tail, bucket, i, place);
                    tail.Raw(common.Frame.Z);
                    tail.Written.CopyTo(texts.AsSpan(filled));
                    (order[at], lengths[at]) = (i, tail.Length);
                    filled += tail.Length;
                    at++;
                }
            }

            Hash(texts, lengths, digests);
            signer.SignDigests(digests, signatures);
            for (var i = 0; i < count; i++)
            {
                signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize).CopyTo(piece.AsSpan(offset + (((place * count) + order[i]) * Sm2.SignatureSize)));
            }
        }

        return kept;
    }

    /// <summary>ResponseData about one serial without nonce: what was signed ahead, put together again.</summary>
    /// <param name="tail">Where to.</param>
    /// <param name="bucket">The bucket beside which this is kept.</param>
    /// <param name="position">The serial's place in it.</param>
    /// <param name="place">Of <see cref="KeptFrame.Place"/>.</param>
    public void Write(ref DerTail tail, SerialBucket bucket, int position, int place)
    {
        var serial = bucket.Serial(position, Common.Length);
        if (!bucket.IsMarked(position))
        {
            Common.WriteGood(ref tail, serial, place);
            return;
        }

        Common.Write(ref tail, serial, Standing(position), Common.Issuers[place]);
    }

    private static void Hash(ReadOnlySpan<byte> texts, ReadOnlySpan<int> lengths, Span<byte> digests)
    {
        for (var at = 0; at < lengths.Length;)
        {
            var end = at + 1;
            while (end < lengths.Length && lengths[end] == lengths[at])
            {
                end++;
            }

            Sm3Batch.HashData(texts[..((end - at) * lengths[at])], lengths[at], digests[(at * Sm3.HashSizeInBytes)..(end * Sm3.HashSizeInBytes)]);
            texts = texts[((end - at) * lengths[at])..];
            at = end;
        }
    }
}
