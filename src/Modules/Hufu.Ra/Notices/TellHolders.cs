using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Notices;

/// <summary>Tells every holder of a certificate in force of an event that touches it in substance, a few in a transaction; goes on after a stop where it was.</summary>
internal sealed class TellHolders(RaDesk desk)
{
    private const int MostAtOnce = 200;

    /// <summary>By a signed act of the business administrator.</summary>
    [Clause("7.2.6-b")]
    public Task<EventTold> RunAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<HolderEvent, EventTold>(
        request,
        ActNames.RaEventTell,
        told =>
        {
            if (told.What.Trim().Length is < 10 or > 500)
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "10 to 500 characters.", "what");
            }

            if (told.Profile is not null)
            {
                desk.HolderProfile(told.Profile);
            }

            return new ExpectedAct(ActNames.RaEventTell, "event/new");
        },
        (session, act, told) =>
        {
            var id = Add(session, told.What, told.Profile);
            (act.Detail["event"], act.Detail["profile"]) = (id, told.Profile);
            return new EventTold(id);
        },
        ct);

    /// <summary>A CA's key is compromised: its holders are told without anybody's doing.</summary>
    [Clause("7.2.6-b")]
    public void Seen(Session session, AuthorityCompromised fact) => Add(
        session,
        $"签发机构（{fact.Ca}）的密钥于 {desk.Context.Policy.Values.LocalText(fact.RevokedAt)} 因可能泄露而被撤销。请停止使用由其签发的证书，并联系我们更换。 The issuing CA's key was revoked because it may be compromised: stop using certificates that it signed and have them replaced.",
        null);

    /// <summary>The next holders of each event that is being told.</summary>
    public Task TellAsync(CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            foreach (var one in session.Query<EventRow>("SELECT id, what, profile, told_to FROM ra_events WHERE done_at IS NULL ORDER BY made_at LIMIT 10"))
            {
                Tell(session, one);
            }
        },
        ct);

    private void Tell(Session session, EventRow one)
    {
        var rows = session.Query<ApplicationRow>(
            $"""
            SELECT {ApplicationStore.Columns} FROM ra_applications WHERE id > @ToldTo AND state IN ('Issued', 'Accepted') AND not_after > @Now{(one.Profile is null ? "" : " AND profile = @Profile")} ORDER BY id LIMIT {MostAtOnce}
            """,
            new { one.ToldTo, desk.Now, one.Profile });
        foreach (var row in rows)
        {
            desk.Notify(session, row, NoticeText.Event(row.Id, row.Title, row.SigningSerial!, one.What));
        }

        session.Execute(
            "UPDATE ra_events SET told_to = @To, told = told + @Count, done_at = @Done WHERE id = @Id",
            new { To = rows.Count == 0 ? one.ToldTo : rows[^1].Id, rows.Count, Done = rows.Count < MostAtOnce ? desk.Now : (long?)null, one.Id });
        if (rows.Count < MostAtOnce)
        {
            desk.Context.Ledger.Append(session, new LedgerRecord
            {
                Actor = "system", Act = "ra.event.told", Object = $"event/{one.Id}", Outcome = LedgerOutcome.Done,
                Detail = new JsonObject { ["holders"] = session.Scalar<long>("SELECT told FROM ra_events WHERE id = @Id", new { one.Id }) },
            });
        }
    }

    private string Add(Session session, string what, string? profile)
    {
        var id = "E" + SecureRandom.NewId();
        session.Execute("INSERT INTO ra_events (id, what, profile, told_to, told, made_at) VALUES (@Id, @What, @Profile, '', 0, @Now)", new { Id = id, What = what, Profile = profile, desk.Now });
        return id;
    }

    private sealed class EventRow
    {
        public string Id { get; set; } = "";

        public string What { get; set; } = "";

        public string? Profile { get; set; }

        public string ToldTo { get; set; } = "";
    }
}
