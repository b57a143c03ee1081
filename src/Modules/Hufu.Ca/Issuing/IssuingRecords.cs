using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>What issuing writes into the ledger: digests and numbers, no personal data beyond what the signed acts say.</summary>
internal static class IssuingRecords
{
    public const string Act = "ca.issue";

    /// <summary>Step 7. The staff acts were done in the RA's room, so they stand in the detail: a ledger's own signed acts are those of its room.</summary>
    public static LedgerRecord Written(Intent intent, OpenedOrder opened, byte[] signTbs, byte[]? encTbs, string policy) => new()
    {
        Actor = opened.Approval.Name,
        Act = Act,
        Object = $"application/{intent.Application}",
        Outcome = LedgerOutcome.Done,
        Detail = new JsonObject
        {
            ["intent"] = intent.Number,
            ["requester"] = intent.Requester,
            ["profile"] = intent.Profile,
            ["policy"] = policy,
            ["signingSerial"] = intent.SignSerial,
            ["encryptionSerial"] = intent.EncSerial,
            ["signingTbs"] = ActStatement.Digest(signTbs),
            ["encryptionTbs"] = encTbs is null ? null : ActStatement.Digest(encTbs),
            ["entry"] = Evidence(opened.Entry),
            ["approval"] = Evidence(opened.Approval),
        },
    };

    private static JsonObject Evidence(ProvenAct act) => new()
    {
        ["person"] = act.Name,
        ["serial"] = act.Certificate.SerialHex,
        ["statement"] = act.Signed.Statement,
        ["signature"] = Convert.ToBase64String(act.Signed.Signature),
    };

    /// <summary>An order was refused before an intent was made.</summary>
    public static LedgerRecord Refused(IssuePair order, string requester, Refusal refusal) => new()
    {
        Actor = requester,
        Act = Act,
        Object = $"application/{order.Application}",
        Outcome = LedgerOutcome.Refused,
        Detail = new JsonObject { ["code"] = refusal.Code.ToString(), ["evidence"] = refusal.Evidence, ["field"] = refusal.Field },
    };

    /// <summary>An intent ended without a certificate.</summary>
    public static LedgerRecord Failed(Intent intent, Refusal refusal) => new()
    {
        Actor = intent.Requester,
        Act = Act,
        Object = $"application/{intent.Application}",
        Outcome = LedgerOutcome.Failed,
        Detail = new JsonObject
        {
            ["intent"] = intent.Number,
            ["signingSerial"] = intent.SignSerial,
            ["encryptionSerial"] = intent.EncSerial,
            ["code"] = refusal.Code.ToString(),
            ["evidence"] = refusal.Evidence,
        },
    };
}
