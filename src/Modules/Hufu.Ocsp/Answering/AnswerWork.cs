using System.Threading.Tasks.Sources;
using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>One answer while it is made; used again for the next. Awaited once at most by whoever waits for its signature.</summary>
internal sealed class AnswerWork : IValueTaskSource
{
    private const int Usual = 4096;
    private const int LongestKept = 1024;

    private readonly byte[] _usualData = new byte[1024];
    private readonly byte[] _usualResponse = new byte[Usual];
    private ManualResetValueTaskSourceCore<bool> _signed;
    private byte[] _data;
    private byte[] _response;
    private int _dataLength;
    private int _responseLength;
    private KeptAnswers? _kept;
    private SerialBucket _bucket;
    private int _position;
    private int _place;

    /// <summary>An unused one.</summary>
    public AnswerWork() => (_data, _response) = (_usualData, _usualResponse);

    /// <summary>Its status.</summary>
    public OcspResponseStatus Status { get; private set; }

    /// <summary>Its times; null for a failure.</summary>
    public AnswerTimes? Times { get; private set; }

    /// <summary>Whether it is for one client alone.</summary>
    public bool HasNonce { get; private set; }

    /// <summary>The frame that the answer is put into.</summary>
    public AnswerFrame? Frame { get; private set; }

    /// <summary>Who signs.</summary>
    public IBatchSigner? Signer { get; private set; }

    /// <summary>Z ‖ ResponseData: what is hashed to be signed.</summary>
    public ReadOnlySpan<byte> ToSign => _data.AsSpan(_data.Length - _dataLength);

    /// <summary>The whole OCSPResponse; one signed ahead is put together when it is first asked for.</summary>
    public ReadOnlyMemory<byte> Response
    {
        get
        {
            if (_kept is { } kept)
            {
                _kept = null;
                var tail = Whole(Frame!.SizeAround(LongestKept));
                Frame.AfterData(ref tail, kept.Signature(_place, _position));
                kept.Write(ref tail, _bucket, _position, _place);
                AnswerFrame.Shell(ref tail);
                SetResponse(tail);
            }

            return _response.AsMemory(_response.Length - _responseLength);
        }
    }

    /// <summary>A failure: there is nothing to sign.</summary>
    public void Fail(OcspResponseStatus status)
    {
        Begin(null, null, null, false);
        Status = status;
        byte[] der = [0x30, 3, 0x0A, 1, (byte)status];
        der.CopyTo(_response.AsSpan(_response.Length - der.Length));
        _responseLength = der.Length;
    }

    /// <summary>Begins a successful answer.</summary>
    public void Begin(AnswerFrame? frame, IBatchSigner? signer, AnswerTimes? times, bool hasNonce)
    {
        (Frame, Signer, Times, HasNonce, Status) = (frame, signer, times, hasNonce, OcspResponseStatus.Successful);
        (_data, _response, _dataLength, _responseLength) = (_usualData, _usualResponse, 0, 0);
    }

    /// <summary>The place for Z ‖ ResponseData, written from its end.</summary>
    public DerTail Data(int size)
    {
        if (size > _data.Length)
        {
            _data = new byte[size];
        }

        return new DerTail(_data);
    }

    /// <summary>What was written is what is to be signed; Z comes before it.</summary>
    public void SetData(DerTail data)
    {
        data.Raw(Frame!.Z);
        _dataLength = data.Length;
    }

    /// <summary>The place for the whole response, written from its end.</summary>
    public DerTail Whole(int size)
    {
        if (size > _response.Length)
        {
            _response = new byte[size];
        }

        return new DerTail(_response);
    }

    /// <summary>What was written is the response.</summary>
    public void SetResponse(DerTail response) => _responseLength = response.Length;

    /// <summary>The response is one signed ahead: its signature is on its way from memory, so it is put together as late as can be.</summary>
    /// <param name="kept">The answers of a bucket.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="position">The serial's place in it.</param>
    /// <param name="place">Of <see cref="KeptFrame.Place"/>.</param>
    public void Keep(KeptAnswers kept, in SerialBucket bucket, int position, int place)
    {
        kept.Fetch(place, position);
        (_kept, _bucket, _position, _place) = (kept, bucket, position, place);
    }

    /// <summary>Here is the signature, r ‖ s: the response is put together.</summary>
    public void Sign(ReadOnlySpan<byte> signature)
    {
        var data = ToSign[Frame!.Z.Length..];
        var tail = Whole(Frame.SizeAround(data.Length));
        Frame.Response(ref tail, data, signature);
        SetResponse(tail);
    }

    /// <summary>Waits until <see cref="Done"/> or <see cref="Failed"/>.</summary>
    public ValueTask WaitAsync() => new(this, _signed.Version);

    /// <summary>The response is there; whoever waits goes on at once on this thread.</summary>
    public void Done() => _signed.SetResult(true);

    /// <summary>It could not be signed.</summary>
    public void Failed(Exception fault) => _signed.SetException(fault);

    /// <summary>Before it is used again.</summary>
    public void Reset()
    {
        _kept = null;
        _signed.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signed.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _signed.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _signed.GetResult(token);
}
