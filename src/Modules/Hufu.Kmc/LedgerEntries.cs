using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc;

/// <summary>What the key centre writes into its ledger. Public keys by their SM3, private keys never.</summary>
internal static class LedgerEntries
{
    /// <summary>A batch was made and put into the spare store.</summary>
    public static LedgerRecord Made(string actor, SpareBatch batch) => new()
    {
        Actor = actor,
        Act = "kmc.pairs.made",
        Object = "store/spare",
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["pairs"] = batch.Count,
            ["first"] = batch.First,
            ["last"] = batch.First + batch.Count - 1,
            ["generation"] = batch.Generation,
            ["publicKeys"] = batch.Digest,
        },
    };

    /// <summary>A pair was given, restored or retired for a CA.</summary>
    /// <param name="act">kmc.key.given, kmc.key.restored, kmc.key.retired.</param>
    /// <param name="ca">The CA.</param>
    /// <param name="taskNo">Its task, decimal.</param>
    /// <param name="userCertNo">Of the encryption certificate, hex.</param>
    /// <param name="pair">The pair.</param>
    /// <param name="publicKey">Its public half.</param>
    /// <param name="holderKey">To whose signing key it was enveloped; null when nothing was.</param>
    public static LedgerRecord Served(string act, string ca, string taskNo, string userCertNo, long pair, byte[] publicKey, byte[]? holderKey) => new()
    {
        Actor = ca,
        Act = act,
        Object = $"pair/{pair}",
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["task"] = taskNo,
            ["userCertNo"] = userCertNo,
            ["publicKey"] = Digest(publicKey),
            ["holderKey"] = holderKey is null ? null : Digest(holderKey),
        },
    };

    /// <summary>A request of a CA was refused.</summary>
    /// <param name="ca">Who asked, as the sealed message says.</param>
    /// <param name="taskNo">Its task, decimal; null when it could not be read.</param>
    /// <param name="userCertNo">Of the encryption certificate, hex; null when the whole request was refused.</param>
    /// <param name="refusal">Why.</param>
    public static LedgerRecord Refused(string ca, string? taskNo, string? userCertNo, Refusal refusal) => new()
    {
        Actor = ca,
        Act = "kmc.request.refused",
        Object = userCertNo is null ? "request/" + (taskNo ?? "unreadable") : "certificate/" + userCertNo,
        Outcome = LedgerOutcome.Refused,
        Detail = new JsonObject { ["task"] = taskNo, ["code"] = refusal.Code.ToString(), ["evidence"] = refusal.Evidence },
    };

    internal static string Digest(byte[] key) => Convert.ToHexStringLower(Sm3.HashData(key));
}
