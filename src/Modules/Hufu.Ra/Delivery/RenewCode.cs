using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Delivery;

/// <summary>A lost code is made anew by a member of staff who has identified whoever asks; the old one is void. Not once the holder has confirmed the download.</summary>
internal sealed class RenewCode(RaDesk desk, CodeNotice notice)
{
    private const int TextLimit = 500;
    private const int MostCodes = 5;

    [Clause("6.2.3.2-a")]
    public Task<ApplicationStatus> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<CodeRenewal, ApplicationStatus>(
            request,
            ActNames.RaCodeRenew,
            renewal => renewal.Reason.Trim().Length is 0 or > TextLimit || renewal.Identified.Trim().Length is 0 or > TextLimit
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"Reason and identification: 1 to {TextLimit} characters each.", "reason")
                : new ExpectedAct(ActNames.RaCodeRenew, $"application/{id}", session => (row = ApplicationStore.Get(session, id)).DeliveryState()),
            (session, act, renewal) =>
            {
                ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted);
                var delivery = DeliveryRow.Get(session, id);
                if (delivery.ConfirmedAt is not null)
                {
                    throw new RefusedException(RefusalCode.StateWrong, "The holder has confirmed the download.", "id");
                }

                if (delivery.CodesMade >= MostCodes)
                {
                    throw new RefusedException(RefusalCode.TriesExhausted, $"{MostCodes} codes have been made for this application; hand the pair over at a counter.", "id");
                }

                var (digest, until) = notice.Leave(session, row);
                session.Execute(
                    """
                    UPDATE ra_deliveries SET code_digest = @Digest, expires_at = @Until, tries_left = @Tries, used_at = NULL, receipt = NULL, codes_made = codes_made + 1 WHERE application = @Id
                    """,
                    new { Digest = digest, Until = until, Tries = desk.Context.Policy.Values.OneTimeCodeTries, Id = id });
                act.Detail["codes"] = (delivery.CodesMade + 1).ToString(CultureInfo.InvariantCulture);
                StepStore.Add(session, desk.Cipher, id, "code-renewed", act.Person.PersonId, $"{renewal.Reason}; {renewal.Identified}", desk.Now);
                return row.ToStatus();
            },
            ct);
    }
}
