using Hufu.Pki;

namespace Hufu.Tsa.Tokens;

/// <summary>A request that waits for its token.</summary>
internal sealed class StampWork(TimeStampRequest request, MessageSyntax syntax)
{
    // Whoever waits goes on at once on the stamper's thread: what is left to do is to hand bytes to the connection, which never waits.
    private readonly TaskCompletionSource<byte[]> _done = new();

    public TimeStampRequest Request => request;

    public MessageSyntax Syntax => syntax;

    /// <summary>TimeStampResp, DER.</summary>
    public Task<byte[]> Done => _done.Task;

    /// <summary>Unix microseconds.</summary>
    public long Time { get; set; }

    public SerialNumber Serial { get; set; }

    /// <summary>TSTInfo, DER.</summary>
    public byte[] Statement { get; set; } = [];

    /// <summary>The signed attributes, one after the other.</summary>
    public byte[] Attributes { get; set; } = [];

    /// <summary>What is hashed to be signed: Z and the attributes as a SET.</summary>
    public byte[] ToSign { get; set; } = [];

    public byte[] Response { get; set; } = [];

    /// <summary>How many bytes at the end of the response are the token.</summary>
    public int TokenLength { get; set; }

    /// <summary>SM3 of the token, for the ledger.</summary>
    public byte[] TokenDigest { get; set; } = [];

    public void Give() => _done.TrySetResult(Response);

    public void Fail(Exception fault) => _done.TrySetException(fault);
}
