using Hufu.Crypto;
using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>
/// Answers signed ahead for all serials of a bucket: 64 bytes of signature an answer and form of CertID, and once the times; the rest of an answer is put around them when it is asked for.
/// </summary>
internal sealed class KeptAnswers
{
    private readonly byte[]?[] _signatures = new byte[]?[CertIdForm.All.Count];

    private readonly (int Position, CertificateStanding Standing)[] _revoked;

    private KeptAnswers(AnswerFrame frame, AnswerTimes times, long? cutoff, (int, CertificateStanding)[] revoked) => (Frame, Times, Cutoff, _revoked) = (frame, times, cutoff, revoked);

    /// <summary>The responder that signed.</summary>
    public AnswerFrame Frame { get; }

    /// <summary>The answers' times.</summary>
    public AnswerTimes Times { get; }

    /// <summary>Their archiveCutoff.</summary>
    public long? Cutoff { get; }

    /// <summary>The signature of an answer, r ‖ s; empty when that form is not kept.</summary>
    public ReadOnlySpan<byte> Signature(int form, int position) => _signatures[form] is { } signatures ? signatures.AsSpan(position * Sm2.SignatureSize, Sm2.SignatureSize) : default;

    /// <summary>The standing that was signed, as the marks and details were then.</summary>
    public CertificateStanding Standing(int position)
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

    /// <summary>Signs the answers for all serials of a bucket and leaves them there.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="length">Bytes of its serials.</param>
    /// <param name="issuers">The forms that are kept.</param>
    /// <param name="frame">The responder.</param>
    /// <param name="signer">Its key.</param>
    /// <param name="times">The answers' times.</param>
    /// <param name="cutoff">archiveCutoff or null.</param>
    public static void Sign(SerialBucket bucket, int length, IReadOnlyList<Issuer> issuers, AnswerFrame frame, IBatchSigner signer, AnswerTimes times, long? cutoff)
    {
        var count = bucket.Count(length);
        if (count == 0)
        {
            return;
        }

        var authority = issuers[0].Index;
        var kept = new KeptAnswers(
            frame, times, cutoff,
            [.. Enumerable.Range(0, count).Where(i => bucket.IsMarked(i, length)).Select(i => (i, authority.Standing(bucket.Serial(i, length), bucket, i))).Where(one => one.Item2.Standing == Status.Standing.Revoked)]);
        var room = new byte[512 + frame.Certificate.Subject.RawData.Length];
        var texts = new byte[count * room.Length];
        var lengths = new int[count];
        var digests = new byte[count * Sm3.HashSizeInBytes];
        foreach (var issuer in issuers)
        {
            // Those of one length side by side: the good ones first, whose answers all have the same.
            var order = new int[count];
            int at = 0, filled = 0;
            for (var pass = 0; pass < 2; pass++)
            {
                for (var i = 0; i < count; i++)
                {
                    if (bucket.IsMarked(i, length) != (pass == 1))
                    {
                        continue;
                    }

                    var tail = new DerTail(room);
                    kept.Write(ref tail, bucket.Serial(i, length), i, issuer);
                    tail.Raw(frame.Z);
                    tail.Written.CopyTo(texts.AsSpan(filled));
                    (order[at], lengths[at]) = (i, tail.Length);
                    filled += tail.Length;
                    at++;
                }
            }

            Hash(texts, lengths, digests);
            var signatures = new byte[count * Sm2.SignatureSize];
            signer.SignDigests(digests, signatures);
            var placed = new byte[signatures.Length];
            for (var i = 0; i < count; i++)
            {
                signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize).CopyTo(placed.AsSpan(order[i] * Sm2.SignatureSize));
            }

            kept._signatures[issuer.FormNumber] = placed;
        }

        bucket.Kept = kept;
    }

    /// <summary>ResponseData about one serial without nonce: what was signed ahead, put together again.</summary>
    public void Write(ref DerTail tail, ReadOnlySpan<byte> serial, int position, Issuer issuer)
    {
        var whole = tail.Length;
        if (Cutoff is { } cutoff)
        {
            AnswerFrame.Cutoff(ref tail, cutoff);
        }

        AnswerFrame.Times(ref tail, Times);
        AnswerFrame.Standing(ref tail, Standing(position));
        issuer.WriteCertId(ref tail, serial);
        tail.Wrap(0x30, whole);
        Frame.Data(ref tail, whole, whole, Times.Produced);
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
