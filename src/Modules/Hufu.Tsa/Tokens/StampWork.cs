using System.Threading.Tasks.Sources;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

/// <summary>A request that waits for its token, with all the room that its token is made in; used again for the next. Awaited once by whoever asked.</summary>
internal sealed class StampWork : IValueTaskSource
{
    private const int MostImprint = 256;

    private readonly byte[] _asked = new byte[MostImprint + TimeStampRequest.MaxNonceSize + 1];
    private ManualResetValueTaskSourceCore<bool> _given;
    private int _algorithm;
    private int _imprint;
    private int _nonce;
    private int _attributes;

    /// <summary>The algorithm of the imprint, AlgorithmIdentifier, DER.</summary>
    public ReadOnlySpan<byte> Algorithm => _asked.AsSpan(0, _algorithm);

    /// <summary>Its identifier, dotted.</summary>
    public string AlgorithmOid { get; private set; } = "";

    /// <summary>The imprint's hash.</summary>
    public ReadOnlySpan<byte> Hash => _asked.AsSpan(_algorithm, _imprint);

    /// <summary>The content of the nonce's INTEGER; empty when there is none.</summary>
    public ReadOnlySpan<byte> Nonce => _asked.AsSpan(_algorithm + _imprint, _nonce);

    /// <summary>Whether the token carries the certificate.</summary>
    public bool CertificateRequested { get; private set; }

    /// <summary>GM/T 0010 or CMS.</summary>
    public MessageSyntax Syntax { get; private set; }

    /// <summary>Unix microseconds.</summary>
    public long Time { get; set; }

    /// <summary>The token's number.</summary>
    public SerialNumber Serial { get; set; }

    /// <summary>TSTInfo, DER.</summary>
    public TailRoom Statement { get; } = new(512);

    /// <summary>What is hashed to be signed: Z and the attributes as a SET.</summary>
    public TailRoom ToSign { get; } = new(512);

    /// <summary>The signed attributes, one after the other: the end of what is signed.</summary>
    public ReadOnlySpan<byte> Attributes => ToSign.Written.Span[^_attributes..];

    /// <summary>TimeStampResp, DER.</summary>
    public TailRoom Response { get; } = new(2048);

    /// <summary>How many bytes at the end of the response are the token.</summary>
    public int TokenLength { get; set; }

    /// <summary>SM3 of the token, for the ledger.</summary>
    public byte[] TokenDigest { get; } = new byte[Sm3.HashSizeInBytes];

    /// <summary>What is asked for; copied. The parts have passed <see cref="StampRequest"/>.</summary>
    public void Ask(MessageSyntax syntax, string algorithmOid, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> nonce, bool certificateRequested)
    {
        (Syntax, AlgorithmOid, CertificateRequested) = (syntax, algorithmOid, certificateRequested);
        (_algorithm, _imprint, _nonce) = (algorithm.Length, hash.Length, nonce.Length);
        algorithm.CopyTo(_asked);
        hash.CopyTo(_asked.AsSpan(_algorithm));
        nonce.CopyTo(_asked.AsSpan(_algorithm + _imprint));
    }

    /// <summary>How many bytes at the end of what is signed are the attributes.</summary>
    public void SetAttributes(int length) => _attributes = length;

    /// <summary>Waits until <see cref="Give"/>.</summary>
    public ValueTask WaitAsync() => new(this, _given.Version);

    /// <summary>The response is there. Whoever waits goes on at once on this thread: what is left to do is to hand bytes to the connection, which never waits. The work may be another's when this returns.</summary>
    public void Give() => _given.SetResult(true);

    /// <summary>Before it is used again.</summary>
    public void Reset() => _given.Reset();

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _given.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _given.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _given.GetResult(token);
}

/// <summary>Room that is written from its end, again and again.</summary>
/// <param name="usual">Bytes that nearly always do; it grows when they do not.</param>
internal sealed class TailRoom(int usual)
{
    private byte[] _bytes = new byte[usual];
    private int _length;

    /// <summary>What was written last.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(_bytes.Length - _length);

    /// <summary>Begins anew, with room for so many bytes.</summary>
    public DerTail Begin(int size)
    {
        if (size > _bytes.Length)
        {
            _bytes = new byte[size];
        }

        _length = 0;
        return new DerTail(_bytes);
    }

    /// <summary>What was written is what is there.</summary>
    /// <param name="tail">Of <see cref="Begin"/>.</param>
    public void End(in DerTail tail) => _length = tail.Length;

    /// <summary>These bytes instead.</summary>
    public void Set(ReadOnlySpan<byte> bytes)
    {
        var tail = Begin(bytes.Length);
        tail.Raw(bytes);
        End(tail);
    }
}
