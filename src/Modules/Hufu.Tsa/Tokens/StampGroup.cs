using System.Globalization;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Tsa.Tokens;

/// <summary>Requests that are stamped together: one batch of signatures, one durable write.</summary>
internal static class StampGroup
{
    /// <summary>Signs all whose time and serial are set, and puts their responses together.</summary>
    public static void Sign(IReadOnlyList<StampWork> works, IBatchSigner signer, Func<StampWork, TokenFrame> frameOf)
    {
        var digests = new byte[works.Count * Sm3.HashSizeInBytes];
        foreach (var work in works)
        {
            work.Statement = frameOf(work).Statement(work);
        }

        SideBySide.Hash(works, static work => work.Statement, digests);
        var place = new byte[1024];
        for (var i = 0; i < works.Count; i++)
        {
            var frame = frameOf(works[i]);
            var tail = new DerTail(place.Length >= frame.AttributesSize ? place : place = new byte[frame.AttributesSize]);
            frame.Attributes(ref tail, digests.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes), works[i].Time / 1_000_000);
            works[i].Attributes = tail.Written.ToArray();
            // What is signed has the tag of a SET (RFC 5652 5.4), and Z before it.
            tail.Wrap(0x31, 0);
            tail.Raw(frame.Z);
            works[i].ToSign = tail.Written.ToArray();
        }

        SideBySide.Hash(works, static work => work.ToSign, digests);
        var signatures = new byte[works.Count * Sm2.SignatureSize];
        signer.SignDigests(digests, signatures);
        for (var i = 0; i < works.Count; i++)
        {
            var work = works[i];
            var frame = frameOf(work);
            var size = frame.SizeAround(work.Statement.Length);
            var tail = new DerTail(place.Length >= size ? place : place = new byte[size]);
            work.TokenLength = frame.Response(ref tail, work.Statement, work.Attributes, signatures.AsSpan(i * Sm2.SignatureSize, Sm2.SignatureSize));
            work.Response = tail.Written.ToArray();
        }

        SideBySide.Hash(works, static work => work.Response.AsMemory(work.Response.Length - work.TokenLength), digests);
        for (var i = 0; i < works.Count; i++)
        {
            works[i].TokenDigest = digests.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes).ToArray();
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
            ["token"] = Convert.ToHexStringLower(work.TokenDigest),
            ["syntax"] = work.Syntax == MessageSyntax.Gm ? "gm" : "cms",
        },
    };
}
