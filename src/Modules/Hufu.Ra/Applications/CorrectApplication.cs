using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>The applicant corrects a draft or what was refused; submitted again it goes back to entry, with the reasons it was refused for (GM/T 0037).</summary>
internal sealed class CorrectApplication(RaDesk desk)
{
    [Clause("6.2.1.3-a")]
    public async Task<ApplicationStatus> RunAsync(string id, string? authorization, Correction correction, CancellationToken ct)
    {
        var seen = await desk.Context.Database.ReadAsync(session => ApplicationStore.Get(session, id), ct);
        AccessToken.MustMatch(seen, authorization);
        ApplicationStore.MustBe(seen, ApplicationState.Draft, ApplicationState.Refused);
        var profile = desk.HolderProfile(seen.Profile);
        CreateApplication.MustHaveValues(correction.Fields);
        FieldRules.Check(profile, correction.Fields);
        var request = correction.Request is null ? null : desk.Keys.Open(profile, correction.Request, "request");
        return await desk.Context.Database.WriteAsync(
            session =>
            {
                var row = ApplicationStore.Get(session, id);
                ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Refused);
                if (row.RenewalOf is not null)
                {
                    throw new RefusedException(RefusalCode.RegisteredDataChanged, "A renewal keeps data and key as they are; with other data it is a new application.", "fields");
                }

                var before = row.DataDigest;
                row.Fields = SealedFields.Seal(desk.Cipher, id, correction.Fields);
                row.Title = CreateApplication.TitleOf(profile, correction.Fields);
                row.Holder = desk.HolderKey.Of(profile, correction.Fields);
                if (request is not null)
                {
                    (row.Request, row.KeyDigest) = (correction.Request!, CreateApplication.KeyDigest(request.PublicKey.Encode()));
                    CreateApplication.MustBeNewKey(session, row);
                }

                row.DataDigest = ApplicationData.Digest(row.Profile, correction.Fields, row.Request, PaperStore.Digests(session, id), row.OrderedRenewalOf);
                session.Execute(
                    "UPDATE ra_applications SET fields = @Fields, title = @Title, holder = @Holder, request = @Request, key_digest = @KeyDigest, data_digest = @DataDigest WHERE id = @Id",
                    new { row.Fields, row.Title, row.Holder, row.Request, row.KeyDigest, row.DataDigest, row.Id });
                StepStore.Add(session, desk.Cipher, id, "corrected", "applicant", null, desk.Now);
                desk.Record(session, "applicant", "ra.application.correct", id, LedgerOutcome.Done, new JsonObject { ["before"] = before, ["data"] = row.DataDigest });
                return row.ToStatus();
            },
            ct);
    }
}
