using System.Globalization;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Tsa.Tokens;

/// <summary>Requests that are stamped together: one batch of signatures, one durable write. Its room is used again; one group at a time.</summary>
internal sealed class StampGroup
{
    private readonly SideBySide _hashes = new();
    private byte[] _digests = [];
    private byte[] _signatures = [];

    /// <summary>Signs all whose time and serial are set, and puts their responses together.</summary>
    public void Sign(IReadOnlyList<StampWork> works, IBatchSigner signer, Func<StampWork, TokenFrame> frameOf)
    {
        if (_digests.Length < works.Count * Sm3.HashSizeInBytes)
        {
            (_digests, _signatures) = (new byte[works.Count * 2 * Sm3.HashSizeInBytes], new byte[works.Count * 2 * Sm2.SignatureSize]);
        }

        Span<byte> digests = _digests.AsSpan(0, works.Count * Sm3.HashSizeInBytes), signatures = _signatures.AsSpan(0, works.Count * Sm2.SignatureSize);
        foreach (var work in works)
        {
            frameOf(work).Statement(work);
        }

        _hashes.Hash(works, static work => work.Statement.Written, digests);
        for (var i = 0; i < works.Count; i++)
        {
            var frame = frameOf(works[i]);
            var tail = works[i].ToSign.Begin(frame.AttributesSize);
            frame.Attributes(ref tail, digests.Slice(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes), works[i].Time / 1_000_000);
            works[i].SetAttributes(tail.Length);
            // What is signed has the tag of a SET (RFC 5652 5.4), and Z before it.
            tail.Wrap(0x31, 0);
            tail.Raw(frame.Z);
            works[i].ToSign.End(tail);
        }

        _hashes.Hash(works, static work => work.ToSign.Written, digests);
        signer.SignDigests(digests, signatures);
        for (var i = 0; i < works.Count; i++)
        {
            var work = works[i];
            var frame = frameOf(work);
            var tail = work.Response.Begin(frame.SizeAround(work.Statement.Written.Length));
            work.TokenLength = frame.Response(ref tail, work.Statement.Written.Span, work.Attributes, signatures.Slice(i * Sm2.SignatureSize, Sm2.SignatureSize));
            work.Response.End(tail);
        }

        _hashes.Hash(works, static work => work.Response.Written[^work.TokenLength..], digests);
        for (var i = 0; i < works.Count; i++)
        {
            digests.Slice(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes).CopyTo(works[i].TokenDigest);
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
            ["imprintAlgorithm"] = work.AlgorithmOid,
            ["imprint"] = Convert.ToHexStringLower(work.Hash),
            ["token"] = Convert.ToHexStringLower(work.TokenDigest),
            ["syntax"] = work.Syntax == MessageSyntax.Gm ? "gm" : "cms",
        },
    };
}
