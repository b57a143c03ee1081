using System.Globalization;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Tsa.Tokens;

/// <summary>A request that waits for its token.</summary>
internal sealed class StampWork(TimeStampRequest request, MessageSyntax syntax)
{
    private readonly TaskCompletionSource<byte[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TimeStampRequest Request => request;

    public MessageSyntax Syntax => syntax;

    /// <summary>TimeStampResp, DER.</summary>
    public Task<byte[]> Done => _done.Task;

    /// <summary>Unix microseconds.</summary>
    public long Time { get; set; }

    public SerialNumber Serial { get; set; }

    public byte[] Statement { get; set; } = [];

    public byte[] Attributes { get; set; } = [];

    public byte[] Response { get; set; } = [];

    public int TokenLength { get; set; }

    public void Give() => _done.TrySetResult(Response);

    public void Fail(Exception fault) => _done.TrySetException(fault);
}

/// <summary>Requests that are stamped together: one batch of signatures, one durable write.</summary>
internal static class StampGroup
{
    /// <summary>Signs all whose time and serial are set, and puts their responses together.</summary>
    public static void Sign(IReadOnlyList<StampWork> works, IBatchSigner signer, Func<StampWork, TokenFrame> frameOf, ClockBounds bounds, TsaOptions options)
    {
        var digests = new byte[works.Count * Sm3.HashSizeInBytes];
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        var room = new byte[1024];
        for (var i = 0; i < works.Count; i++)
        {
            var work = works[i];
            var frame = frameOf(work);
            work.Statement = new TstInfo
            {
                Policy = options.PolicyOid,
                Imprint = work.Request.Imprint,
                SerialNumber = work.Serial,
                Time = DateTimeOffset.UnixEpoch.AddMicroseconds(work.Time),
                Accuracy = bounds.Accuracy,
                Ordering = bounds.Ordering,
                Nonce = work.Request.Nonce,
            }.Encode();
            Sm3.HashData(work.Statement, digest);
            var tail = new DerTail(room);
            frame.Attributes(ref tail, digest, work.Time / 1_000_000);
            work.Attributes = tail.Written.ToArray();
            // What is signed has the tag of a SET (RFC 5652 5.4), and Z before it.
            tail.Wrap(0x31, 0);
            tail.Raw(frame.Z);
            Sm3.HashData(tail.Written, digests.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));
        }

        var signatures = new byte[works.Count * Sm2.SignatureSize];
        signer.SignDigests(digests, signatures);
        for (var i = 0; i < works.Count; i++)
        {
            var work = works[i];
            var frame = frameOf(work);
            var size = frame.SizeAround(work.Statement.Length);
            var tail = new DerTail(room.Length >= size ? room : room = new byte[size]);
            work.TokenLength = frame.Response(ref tail, work.Statement, work.Attributes, signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize));
            work.Response = tail.Written.ToArray();
        }
    }

    /// <summary>What the ledger keeps of a token.</summary>
    public static LedgerRecord Record(StampWork work) => new()
    {
        Actor = "tsa",
        Act = "tsa.token.given",
        Object = "token/" + work.Serial,
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["time"] = DateTimeOffset.UnixEpoch.AddMicroseconds(work.Time).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["imprintAlgorithm"] = work.Request.Imprint.HashAlgorithm.Oid,
            ["imprint"] = Convert.ToHexStringLower(work.Request.Imprint.Hash.Span),
            ["token"] = Convert.ToHexStringLower(Sm3.HashData(work.Response.AsSpan(work.Response.Length - work.TokenLength))),
            ["syntax"] = work.Syntax == MessageSyntax.Gm ? "gm" : "cms",
        },
    };
}
