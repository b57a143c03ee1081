using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>What answers signed ahead in one go have in common: who signed, their times, which forms of CertID are kept, and for each form what is signed about a certificate that is good, around its serial.</summary>
internal sealed class KeptFrame
{
    private readonly int[] _places = new int[CertIdForm.All.Count];
    private readonly (byte[] Before, byte[] After)[] _good;

    /// <summary>Lays out.</summary>
    /// <param name="frame">The responder.</param>
    /// <param name="times">The answers' times.</param>
    /// <param name="cutoff">archiveCutoff, Unix seconds, or null.</param>
    /// <param name="issuers">The forms that are kept.</param>
    /// <param name="length">Bytes of the serials.</param>
    public KeptFrame(AnswerFrame frame, AnswerTimes times, long? cutoff, IReadOnlyList<Issuer> issuers, int length)
    {
        (Frame, Times, Cutoff, Issuers, Length) = (frame, times, cutoff, issuers, length);
        Array.Fill(_places, -1);
        _good = new (byte[], byte[])[issuers.Count];
        var room = new byte[512 + frame.Certificate.Subject.RawData.Length];
        var serial = new byte[length];
        for (var i = 0; i < issuers.Count; i++)
        {
            _places[issuers[i].FormNumber] = i;
            var tail = new DerTail(room);
            var after = Write(ref tail, serial, Status.CertificateStanding.Good, issuers[i]);
            _good[i] = (tail.Written[..^(after + length)].ToArray(), tail.Written[^after..].ToArray());
        }
    }

    /// <summary>The responder that signed.</summary>
    public AnswerFrame Frame { get; }

    /// <summary>The answers' times.</summary>
    public AnswerTimes Times { get; }

    /// <summary>Their archiveCutoff.</summary>
    public long? Cutoff { get; }

    /// <summary>The forms that are kept.</summary>
    public IReadOnlyList<Issuer> Issuers { get; }

    /// <summary>Bytes of the serials.</summary>
    public int Length { get; }

    /// <summary>Whether answers signed now would have all this in common.</summary>
    public bool IsFor(AnswerFrame frame, AnswerTimes times, long? cutoff, IReadOnlyList<Issuer> issuers, int length) =>
        ReferenceEquals(frame, Frame) && times == Times && cutoff == Cutoff && length == Length && ReferenceEquals(issuers, Issuers);

    /// <summary>Which of the kept forms a form of CertID is; -1 when it is not kept.</summary>
    public int Place(int form) => _places[form];

    /// <summary>ResponseData about a certificate that is good, without nonce.</summary>
    public void WriteGood(ref DerTail tail, ReadOnlySpan<byte> serial, int place)
    {
        var (before, after) = _good[place];
        tail.Raw(after);
        tail.Raw(serial);
        tail.Raw(before);
    }

    /// <summary>ResponseData about one serial without nonce.</summary>
    /// <returns>How many bytes stand after the serial.</returns>
    public int Write(ref DerTail tail, ReadOnlySpan<byte> serial, in Status.CertificateStanding standing, Issuer issuer)
    {
        var whole = tail.Length;
        if (Cutoff is { } cutoff)
        {
            AnswerFrame.Cutoff(ref tail, cutoff);
        }

        AnswerFrame.Times(ref tail, Times);
        AnswerFrame.Standing(ref tail, standing);
        var after = tail.Length - whole;
        issuer.WriteCertId(ref tail, serial);
        tail.Wrap(0x30, whole);
        Frame.Data(ref tail, whole, whole, Times.Produced);
        return after;
    }
}
