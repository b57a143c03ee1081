using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ra.Types;

/// <summary>A profile was changed at the CA: the RA takes it by itself (GM/T 0037), in force here from the fact on. Applications under way are checked by it when they are decided and ordered (R12).</summary>
internal static class TakeProfile
{
    /// <summary>Keeps the version and puts it in force. A text that does not go with this RA's own forms is not taken in; that is in the log, and the CA decides by its own anyway.</summary>
    public static void Seen(RoomContext context, Session session, string sender, ProfileChanged fact)
    {
        var (outcome, why) = (LedgerOutcome.Done, (string?)null);
        try
        {
            if (!ProfileVersions.Put(
                session, context.Policy,
                new ProfileVersion(fact.Profile, fact.Version, fact.Text, fact.Digest, fact.InForceAt.ToUnixTimeMilliseconds(), fact.ProposedBy, fact.ApprovedBy, fact.Words)))
            {
                return;
            }
        }
        catch (PolicyException unusable)
        {
            (outcome, why) = (LedgerOutcome.Failed, unusable.Message);
        }

        context.Ledger.Append(session, new LedgerRecord
        {
            Actor = sender, Act = "ra.profile.taken", Object = $"profile/{fact.Profile}", Outcome = outcome,
            Detail = new JsonObject { ["version"] = fact.Version, ["digest"] = fact.Digest, ["approvedBy"] = fact.ApprovedBy, ["why"] = why },
        });
    }
}
