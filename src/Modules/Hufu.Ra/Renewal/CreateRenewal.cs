using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Ra.Applications;
using Hufu.Ra.Delivery;
using Hufu.Ra.Fees;
using Hufu.Ra.Revocation;
using Hufu.Records;

namespace Hufu.Ra.Renewal;

/// <summary>
/// Renewal with the same key (6.2.6.3-a): the request carries the old public key and is signed by it. Checked in this order: agreement, the old certificate is ours and not
/// revoked, its type still takes such keys, request, window, same key. Data and papers that are still valid are not asked for again (6.2.6.3-b); then it waits for clerk and vetter like a new one,
/// and notice, delivery, acceptance and publication are those of a first issue (6.2.6.4-a).
/// </summary>
internal sealed class CreateRenewal(RaDesk desk)
{
    [Clause("6.2.6.2-a")]
    [Clause("6.2.6.3-a")]
    [Clause("6.2.6.4-a")]
    public async Task<ApplicationCreated> RunAsync(NewRenewal renewal, CancellationToken ct)
    {
        // People paste serials as openssl prints them.
        renewal = renewal with { Serial = renewal.Serial.ToLowerInvariant() };
        desk.Agreement.MustBeAccepted(renewal.AgreementVersion, renewal.AgreementAccepted);
        var (old, certificate) = await desk.Context.Database.ReadAsync(session => FindOld(session, renewal.Serial), ct);
        if (certificate.PublicKey.IsP256 != (desk.Keys.Of(old.Profile) == KeyAlgorithm.P256))
        {
            throw new RefusedException(RefusalCode.KeyWeak, $"This type takes {PersonRequests.NameOf(desk.Keys.Of(old.Profile))} keys by now: the key is replaced, not renewed: POST /api/ra/rekeys.", "serial");
        }

        var request = desk.Keys.Open(desk.HolderProfile(old.Profile), renewal.Request, "request");
        RenewalInsideWindow.Check(desk.Context.Policy.Values, certificate.NotAfter, desk.Context.Clock.GetUtcNow());
        if (!request.PublicKey.Encode().AsSpan().SequenceEqual(certificate.PublicKey.Encode()))
        {
            throw new RefusedException(RefusalCode.PossessionNotProven, "The request carries another key than the certificate to renew.", "request");
        }

        return await FileAsync(old, renewal.Request, renewal.Serial, renewal.AgreementVersion, CreateRekey.Kind.None, ct);
    }

    /// <summary>
    /// Files a renewal or re-key: data as it is, papers that still count are taken over and those that do not are asked for; complete, it waits for the clerk at once (6.2.6.3-b).
    /// </summary>
    [Clause("6.2.6.3-b")]
    public async Task<ApplicationCreated> FileAsync(ApplicationRow old, byte[] request, string serial, string agreementVersion, long rekey, CancellationToken ct)
    {
        var fields = SealedFields.Open(desk.Cipher, old);
        var (token, tokenDigest) = AccessToken.Make();
        var now = desk.Now;
        var id = CreateApplication.NewId(desk.Context.Clock.GetUtcNow(), desk.Context.Policy.Values.TimeZone);
        var row = new ApplicationRow
        {
            Id = id,
            Profile = old.Profile,
            State = ApplicationState.Submitted,
            Title = old.Title,
            Fields = SealedFields.Seal(desk.Cipher, id, fields),
            Request = request,
            KeyDigest = rekey == CreateRekey.Kind.None ? old.KeyDigest : CreateApplication.KeyDigest(CertificationRequest.Decode(request).PublicKey.Encode()),
            Holder = old.Holder,
            RenewalOf = serial,
            Rekey = rekey,
            Publish = old.Publish,
            Office = old.Office,
            Channel = ApplicationChannel.Online,
            AgreementVersion = agreementVersion,
            AgreementAt = now,
            TokenDigest = tokenDigest,
            CreatedAt = now,
            WaitingSince = now,
            DueAt = desk.AnswerBy(),
        };
        return await desk.Context.Database.WriteAsync(
            session =>
            {
                MustBeTheOnlyOne(session, row);
                MustStillBeGood(session, row);
                if (rekey != CreateRekey.Kind.None)
                {
                    CreateApplication.MustBeNewKey(session, row);
                }

                var there = PaperStore.StillValid(session, old.Id, rekey == CreateRekey.Kind.Expired ? long.MaxValue : now);
                var missing = desk.Form(row.Profile).DocumentsFor(fields).Select(paper => paper.Id).Where(kind => !there.Contains(kind)).ToList();
                row.State = missing.Count == 0 ? ApplicationState.Submitted : ApplicationState.Draft;
                desk.Add(session, row);
                ChallengePhrase.Inherit(session, old.Id, id, desk.Context.Policy.Values.ChallengePhraseTries);
                PaperStore.TakeOver(session, old.Id, id, there);
                row.DataDigest = ApplicationData.Digest(row.Profile, fields, row.Request, PaperStore.Digests(session, id), row.OrderedRenewalOf);
                session.Execute("UPDATE ra_applications SET data_digest = @DataDigest WHERE id = @Id", new { row.DataDigest, row.Id });
                if (row.State == ApplicationState.Submitted)
                {
                    HandleFees.Open(session, desk, row);
                }

                StepStore.Add(session, desk.Cipher, id, "created", "holder", null, now);
                desk.Record(
                    session, "holder", rekey == CreateRekey.Kind.None ? "ra.renewal.create" : "ra.rekey.create", id, LedgerOutcome.Done, new JsonObject { ["renewalOf"] = serial, ["data"] = row.DataDigest, ["papers"] = there.Count });
                return new ApplicationCreated(id, token, missing);
            },
            ct);
    }

    /// <summary>Refuses once the certificate to renew was revoked, at whatever step that is noticed (6.2.6.1-a).</summary>
    /// <exception cref="RefusedException">StateWrong.</exception>
    public static void MustStillBeGood(Session session, ApplicationRow row)
    {
        if (row.RenewalOf is not null)
        {
            ApplicationStore.MustBe(ApplicationStore.BySerial(session, row.RenewalOf)!, ApplicationState.Accepted);
        }
    }

    // 6.1.3.3-c, 6.2.6.1-a: no renewal after revocation.
    internal (ApplicationRow Row, Certificate Certificate) FindOld(Session session, string serial)
    {
        var row = ApplicationStore.BySerial(session, serial) ?? throw new RefusedException(RefusalCode.UnknownObject, "No certificate of ours has this serial.", "serial");
        ApplicationStore.MustBe(row, ApplicationState.Accepted);
        return (row, Certificate.Decode(DeliveryRow.Get(session, row.Id).ToPair(desk.Cipher, row.Id).SigningCertificate));
    }

    /// <summary>One renewal of a certificate: refuses while another than this one is on its way or done.</summary>
    /// <exception cref="RefusedException">StateWrong.</exception>
    public static void MustBeTheOnlyOne(Session session, ApplicationRow row)
    {
        if (row.RenewalOf is not null && session.Scalar<long>(
            "SELECT COUNT(*) FROM ra_applications WHERE renewal_of = @RenewalOf AND id <> @Id AND state NOT IN ('Refused', 'Withdrawn')", new { row.RenewalOf, row.Id }) != 0)
        {
            throw new RefusedException(RefusalCode.StateWrong, "A renewal of this certificate is already on its way or done.", "serial");
        }
    }
}
