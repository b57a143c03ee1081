using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>Entry and approval speak of this application and of exactly the profile, fields, request and papers that were ordered for: the CA computes the digest again that both signed (R06).</summary>
internal static class ActsCoverTheData
{
    /// <exception cref="RefusedException">StatementMismatch.</exception>
    public static void Demand(IssuePair order, ActStatement entry, ActStatement approval)
    {
        var target = $"application/{order.Application}";
        var digest = ApplicationData.Digest(order.Profile, order.Fields, order.Request, order.Papers, order.RenewalOf);
        Demand(entry, ActNames.RaApplicationEnter, target, ApplicationData.StateText(ApplicationState.Submitted, digest), "entry");
        Demand(approval, ActNames.RaApplicationApprove, target, ApplicationData.StateText(ApplicationState.Entered, digest), "approval");
        if (approval.Time < entry.Time)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The approval is older than the entry.", "approval");
        }
    }

    private static void Demand(ActStatement statement, string act, string target, string state, string field)
    {
        if (statement.Act != act || statement.Object != target || statement.State != state)
        {
            var evidence = statement.Act != act ? $"The act is {statement.Act}, not {act}." : statement.Object != target ? "The act speaks of another object." : "The data is not what was signed for.";
            throw new RefusedException(RefusalCode.StatementMismatch, evidence, field);
        }
    }
}
