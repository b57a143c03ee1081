using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Initialisation;
using Hufu.Records;

namespace Hufu.Kmc.Services;

/// <summary>An auditor decides on a renewal: <c>POST /api/kmc/services/{number}/put-in-force</c> or <c>…/refuse</c>. Another person than who renewed (acts.csv), over the state that names the very certificates.</summary>
internal sealed class DecideServices(RoomContext context, ServiceRenewals renewals)
{
    /// <summary>Puts it in force: the key centre goes on under the new certificates at once.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong, SamePerson, CertificateNotValid (they have ended meanwhile), FieldInvalid (they do not follow what is in force), and what the gate refuses.</exception>
    [Clause("6.2.6.1-a"), Clause("6.6.1.2-b")]
    public async Task<RenewedServices> PutInForceAsync(string number, ActRequest request, CancellationToken ct)
    {
        var asked = Number(number);
        await DecideAsync(asked, request, ActNames.KmcServicePutInForce, ServiceRenewalState.InForce, (session, found) =>
        {
            RestoreMark.Demand(context.DataDirectory);
            var centre = CentreStore.Find(session)!;
            if (!context.Identity.CanFollow(found.Certified(centre.Certificate), context.Clock.GetUtcNow()))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "The certificates in force are not those that were to be followed.", "services");
            }
        }, ct);

        // On record, whether the one who asked is still there or not.
        await renewals.InstallAsync(CancellationToken.None);
        return await ShowAsync(asked);
    }

    /// <summary>Does not agree: the certificates are never used, another renewal may begin.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong, SamePerson, and what the gate refuses.</exception>
    [Clause("6.6.1.2-b")]
    public async Task<RenewedServices> RefuseAsync(string number, ActRequest request, CancellationToken ct)
    {
        var asked = Number(number);
        await DecideAsync(asked, request, ActNames.KmcServiceRefuse, ServiceRenewalState.Refused, static (_, _) => { }, ct);
        await renewals.InstallAsync(CancellationToken.None);
        return await ShowAsync(asked);
    }

    private Task<bool> DecideAsync(long number, ActRequest request, string act, ServiceRenewalState to, Action<Session, Renewal> check, CancellationToken ct) => context.Acts.RunAsync<CaseRemark, bool>(
        request,
        act,
        remark =>
        {
            CaseBook.Require(remark.Remark, "remark");
            return new ExpectedAct(act, Renewal.ObjectOf(number), session => Find(session, number).StateText);
        },
        (session, authorised, _) =>
        {
            var found = Find(session, number);
            if (found.State != ServiceRenewalState.Renewed)
            {
                throw new RefusedException(RefusalCode.StateWrong, $"The renewal is {CaseWords.Of(found.State)}.", "state");
            }

            check(session, found);
            foreach (var one in found.Certificates)
            {
                authorised.Detail[one.Use] = ActStatement.Digest(one.Der!);
            }

            RenewalStore.Set(session, number, to, authorised.Person.ToString(), context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        },
        ct);

    private Task<RenewedServices> ShowAsync(long number) =>
        context.Database.ReadAsync(session => Find(session, number).Show(CentreStore.Find(session)!.Certificate), CancellationToken.None);

    private static Renewal Find(Session session, long number) =>
        RenewalStore.Find(session, number) ?? throw new RefusedException(RefusalCode.UnknownObject, $"There is no renewal {number}.", "number");

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new RefusedException(RefusalCode.UnknownObject, "A renewal has a number.", "number");
}
