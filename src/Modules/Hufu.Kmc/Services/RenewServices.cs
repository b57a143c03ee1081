using System.Text;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Initialisation;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Services;

// The order of a renewal (decision 0050):
//   1 a business administrator signs for it; keys are made in the device, serials reserved, all on record in one transaction
//   2 the KM organisation's key signs the certificates under those serials; they wait (ServiceRenewals.CompleteAsync, also at the next start)
//   3 an auditor, another person, puts exactly these certificates in force; on record first, then installed in one step (InstallAsync, also at the next start)
// The old keys go on working all the time: a peer is answered under the certificates that it knows, until those end.

/// <summary>A business administrator renews the key centre's own certificates: <c>POST /api/kmc/services</c>.</summary>
internal sealed class RenewServices(RoomContext context, ServiceRenewals renewals)
{
    /// <summary>Renews. The very act again gets the same answer, and completes what a crash has left.</summary>
    /// <exception cref="RefusedException">NotInitialised, StateWrong (one waits already, or the new certificates would not last longer), FieldMissing, and what the gate refuses.</exception>
    [Clause("6.2.6.1-a")]
    public async Task<RenewedServices> RunAsync(ActRequest request, CancellationToken ct)
    {
        var digest = ActStatement.Digest([.. Encoding.UTF8.GetBytes(request.Act.Statement), 0, .. request.Act.Signature]);
        if (await context.Database.ReadAsync(session => RenewalStore.OfAct(session, digest), ct) is { } begun)
        {
            return await renewals.CompleteAsync(begun.Number, CancellationToken.None);
        }

        var number = await context.Database.ReadAsync(RenewalStore.Next, ct);
        await context.Acts.RunAsync<ServiceRenewal, bool>(
            request,
            ActNames.KmcServiceRenew,
            wish =>
            {
                CaseBook.Require(wish.Remark, "remark");
                return new ExpectedAct(ActNames.KmcServiceRenew, Renewal.ObjectOf(number));
            },
            (session, act, wish) =>
            {
                Begin(session, act, number, digest, wish);
                return true;
            },
            ct);

        // Signed for, whether the one who asked is still there or not.
        return await renewals.CompleteAsync(number, CancellationToken.None);
    }

    // 1
    private void Begin(Session session, AuthorisedAct act, long number, string digest, ServiceRenewal wish)
    {
        RestoreMark.Demand(context.DataDirectory);
        var centre = CentreStore.Find(session) ?? throw new RefusedException(RefusalCode.NotInitialised, "The key centre has no certificate yet.");
        if (RenewalStore.Next(session) != number || RenewalStore.Waiting(session) is not null)
        {
            throw new RefusedException(RefusalCode.StateWrong, "A renewal waits for its auditor; it is put in force or refused first.", "services");
        }

        var km = Certificate.Decode(centre.Certificate);
        var issuer = renewals.Issuer();
        var now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        List<RenewedCertificate> certificates = [];
        foreach (var use in wish.Audit ? ServiceRenewals.Uses : ServiceRenewals.MessageUses)
        {
            var old = context.Identity.CertificateFor(use) ?? throw new RefusedException(RefusalCode.NotInitialised, $"There is no certificate for '{use}'.");
            var profile = ServiceRenewals.ProfileOf(use);
            issuer.DemandFollows(km, profile, old);
            var key = CertificationRequest.Decode(context.Identity.AskFollowing(use)!.Request).PublicKey;
            var serial = SerialNumber.Create();
            CentreStore.Reserve(session, serial, profile, old.Subject.ToString(), now);
            certificates.Add(new RenewedCertificate(use, old.Encode(), serial.ToString(), key.RawData.ToArray(), null));
            act.Detail[use] = serial.ToString();
        }

        RenewalStore.Add(session, number, digest, act.Person.ToString(), now, certificates);
    }
}
