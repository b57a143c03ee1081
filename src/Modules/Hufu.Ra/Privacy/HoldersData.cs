using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Privacy;

/// <summary>Private data: holders see and correct theirs with history, others get it on the grounds of 6.4.2-d only, entered and released by two people; every look is in the ledger.</summary>
internal sealed class HoldersData(RaDesk desk)
{
    [Clause("6.4.2-d")]
    public Task<HolderData> ReadAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            var row = Own(session, id, authorization);
            desk.Record(session, "holder", "ra.data.read", id, LedgerOutcome.Done);
            return Data(session, row);
        },
        ct);

    [Clause("6.4.2-d")]
    public Task<HolderData> CorrectAsync(string id, string? authorization, DataCorrection correction, CancellationToken ct)
    {
        CreateApplication.MustHaveValues(correction.Fields);
        return desk.Context.Database.WriteAsync(
            session =>
            {
                var row = Own(session, id, authorization);
                ApplicationStore.MustBe(row, ApplicationState.Issued, ApplicationState.Accepted);
                var profile = desk.HolderProfile(row.Profile);
                var shown = profile.Subject.Select(part => part.Field).Concat(profile.PrivateExtensions.Select(one => one.Field)).Concat(profile.AlternativeNames.Select(one => one.Field)).Concat(profile.IdentifiedBy).ToHashSet();
                var fields = SealedFields.Open(desk.Cipher, row);
                foreach (var (name, value) in correction.Fields)
                {
                    if (shown.Contains(name))
                    {
                        throw new RefusedException(RefusalCode.RegisteredDataChanged, "It stands in the certificate or identifies its holder: make a new application.", name);
                    }

                    var before = fields.GetValueOrDefault(name, "");
                    fields[name] = value;
                    session.Execute(
                        "INSERT INTO ra_data_changes (id, application, at, field, before_after) VALUES (@ChangeId, @Id, @Now, @Field, @Both)",
                        new { ChangeId = SecureRandom.NewId(), Id = id, desk.Now, Field = name[..Math.Min(64, name.Length)], Both = desk.Cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(new[] { before, value }), Encoding.ASCII.GetBytes($"{id}/change")) });
                }

                FieldRules.Check(profile, fields);
                session.Execute("UPDATE ra_applications SET fields = @Fields WHERE id = @Id", new { Fields = SealedFields.Seal(desk.Cipher, id, fields), Id = id });
                desk.Record(session, "holder", "ra.data.correct", id, LedgerOutcome.Done, new JsonObject { ["fields"] = new JsonArray([.. correction.Fields.Keys.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]) });
                return Data(session, ApplicationStore.Get(session, id));
            },
            ct);
    }

    [Clause("6.4.2-c")]
    public Task<DisclosureEntered> EnterAsync(ActRequest request, CancellationToken ct)
    {
        return desk.Context.Acts.RunAsync<NewDisclosure, DisclosureEntered>(
            request,
            ActNames.RaDisclosureEnter,
            static asked => asked.To.Trim().Length is 0 or > 200 || asked.Papers.Trim().Length is 0 or > 500 || asked.Fields.Count is 0 or > 20
                ? throw new RefusedException(RefusalCode.FieldInvalid, "To whom (1 to 200 characters), on which papers (1 to 500), which fields (1 to 20).", "to")
                : new ExpectedAct(ActNames.RaDisclosureEnter, "disclosure/new"),
            (session, act, asked) =>
            {
                var row = ApplicationStore.Get(session, asked.Application);
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                if (asked.Fields.FirstOrDefault(name => desk.HolderProfile(row.Profile).Field(name) is null) is { } unknown)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, "The form has no such field.", unknown[..Math.Min(64, unknown.Length)]);
                }

                var id = "P" + SecureRandom.NewId();
                DisclosureStore.Insert(session, desk.Cipher, id, asked, row.Office, act.Person.PersonId, desk.Now);
                (act.Detail["disclosure"], act.Detail["application"], act.Detail["ground"]) = (id, asked.Application, asked.Ground.ToString());
                return new DisclosureEntered(id);
            },
            ct);
    }

    [Clause("6.4.2-c")]
    [Clause("6.4.2-d")]
    [Clause("7.2.3-b")]
    public Task<DisclosedData> ReleaseAsync(string id, ActRequest request, CancellationToken ct)
    {
        DisclosureStore.Row row = null!;
        return desk.Context.Acts.RunAsync<DisclosureRelease, DisclosedData>(
            request,
            ActNames.RaDisclosureRelease,
            release => release.Remark.Trim().Length is 0 or > 500
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 500 characters.", "remark")
                : new ExpectedAct(ActNames.RaDisclosureRelease, $"disclosure/{id[..Math.Min(id.Length, 64)]}", session => (row = DisclosureStore.Get(session, id)).State),
            (session, act, _) =>
            {
                if (row.State != "entered")
                {
                    throw new RefusedException(RefusalCode.StateWrong, "It is released already.", "id");
                }

                var demand = row.Open(desk.Cipher);
                var fields = SealedFields.Open(desk.Cipher, ApplicationStore.Get(session, row.Application));
                session.Execute("UPDATE ra_disclosures SET state = 'released', released_at = @Now WHERE id = @Id", new { desk.Now, Id = id });
                (act.Detail["application"], act.Detail["fields"]) = (row.Application, string.Join(' ', demand.Fields));
                desk.Record(session, act.Person.ToString(), ShowLooks.Disclosed, row.Application, LedgerOutcome.Done, new JsonObject { ["role"] = Roles.BusinessAdministrator, ["ground"] = demand.Ground.ToString(), ["disclosure"] = id });
                return new DisclosedData(id, demand.Fields.Where(fields.ContainsKey).ToDictionary(name => name, name => fields[name]));
            },
            ct);
    }

    internal static ApplicationRow Own(Session session, string id, string? authorization)
    {
        var row = ApplicationStore.Get(session, id);
        AccessToken.MustMatch(row, authorization);
        // A batch's token is its organisation's; what the holder corrects afterwards is the holder's.
        return row.Batch is null ? row : throw new RefusedException(RefusalCode.AccessTokenWrong, "The data of a batch's holder is corrected at a counter.");
    }

    private HolderData Data(Session session, ApplicationRow row) => new(
        SealedFields.Open(desk.Cipher, row),
        [
            .. session.Query<ChangeRow>("SELECT at, field, before_after FROM ra_data_changes WHERE application = @Id ORDER BY at, id LIMIT 500", new { row.Id }).Select(change =>
            {
                var both = JsonSerializer.Deserialize<string[]>(desk.Cipher.Open(change.BeforeAfter, Encoding.ASCII.GetBytes($"{row.Id}/change")))!;
                return new DataChange(DateTimeOffset.FromUnixTimeMilliseconds(change.At), change.Field, both[0], both[1]);
            }),
        ]);

    private sealed class ChangeRow
    {
        public long At { get; set; }

        public string Field { get; set; } = "";

        public byte[] BeforeAfter { get; set; } = [];
    }
}
