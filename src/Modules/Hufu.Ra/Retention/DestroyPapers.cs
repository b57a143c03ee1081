using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Ra.Applications;
using Hufu.Ra.Archiving;
using Hufu.Ra.Delivery;
using Hufu.Records;

namespace Hufu.Ra.Retention;

/// <summary>
/// Destroys papers and letters whose retention has ended: proposed by one, approved by another, witnessed and carried out by a third, each signing the same list. Only what lies in a sealed package of the archive, and
/// nothing that a case or a demand still needs. The application's record, its digests and the signed acts stay.
/// </summary>
internal sealed class DestroyPapers(RaDesk desk, PaperEraser eraser)
{
    private const int TextLimit = 500;
    private const int MostApplications = 1_000;

    [Clause("6.6.1.5-b")]
    public Task<PaperDestruction> ProposeAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<NewPaperDestruction, PaperDestruction>(
        request,
        ActNames.RaPapersPropose,
        static asked => asked.Most is < 1 or > MostApplications || asked.Reason.Trim().Length is 0 or > TextLimit
            ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {MostApplications} applications, a reason of 1 to {TextLimit} characters.", "most")
            : new ExpectedAct(ActNames.RaPapersPropose, "papers/new"),
        (session, act, asked) =>
        {
            var due = Due(session, asked.Most);
            if (due.Count == 0)
            {
                throw new RefusedException(RefusalCode.UnknownObject, "No papers whose retention has ended lie in a sealed package of the archive; make the package first where it is due.", "most");
            }

            var id = "D" + SecureRandom.NewId();
            var digest = Digest(due);
            session.Execute(
                "INSERT INTO ra_destructions (id, state, digest, reason, proposed_at, applications) VALUES (@Id, 'proposed', @Digest, @Reason, @Now, @Count)", new { Id = id, Digest = digest, asked.Reason, desk.Now, due.Count });
            session.ExecuteMany("INSERT INTO ra_destruction_items (destruction, application) VALUES (@Destruction, @Application)", [.. due.Select(application => new Item(id, application))]);
            Hand(session, id, act.Person.PersonId);
            (act.Detail["destruction"], act.Detail["applications"], act.Detail["list"]) = (id, due.Count, digest);
            return new PaperDestruction(id, "proposed", $"proposed/{digest}", due, due.Sum(application => Papers(session, application).Count));
        },
        ct);

    [Clause("6.6.1.5-b")]
    public Task<PaperDestruction> ApproveAsync(string id, ActRequest request, CancellationToken ct) => StepAsync(id, request, ActNames.RaPapersApprove, "proposed", (session, act, row, applications) =>
    {
        session.Execute("UPDATE ra_destructions SET state = 'approved' WHERE id = @Id", new { row.Id });
        return new PaperDestruction(row.Id, "approved", $"approved/{row.Digest}", applications, applications.Sum(application => Papers(session, application).Count));
    }, ct);

    [Clause("6.6.1.5-b")]
    public async Task<PaperDestruction> DestroyAsync(string id, ActRequest request, CancellationToken ct)
    {
        var destroyed = await StepAsync(id, request, ActNames.RaPapersDestroy, "approved", Destroy, ct);
        await eraser.EraseAsync(ct);
        return destroyed;
    }

    private PaperDestruction Destroy(Session session, AuthorisedAct act, DestructionRow row, IReadOnlyList<string> applications)
    {
        var count = 0L;
        foreach (var application in applications)
        {
            // What has come up since it was proposed: looked at once more, and the whole proposal falls with one.
            if (!IsDue(session, application))
            {
                throw new RefusedException(RefusalCode.StateWrong, $"{application} is not due any more: a case, a demand, or a changed period. Propose anew.", "id");
            }

            var files = Papers(session, application);
            foreach (var digest in files)
            {
                session.Execute("INSERT INTO ra_erasures (digest, ordered_at) VALUES (@Digest, @Now) ON CONFLICT (digest) DO NOTHING", new { Digest = digest, desk.Now });
            }

            count += files.Count;
            session.Execute("DELETE FROM ra_evidence WHERE application = @Application", new { Application = application });
            session.Execute("UPDATE ra_notices SET letter = NULL, address = @Nothing, body = @Nothing, state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END WHERE application = @Application", new { Application = application, Nothing = Array.Empty<byte>() });
            session.Execute("UPDATE ra_applications SET papers_destroyed_at = @Now WHERE id = @Application", new { desk.Now, Application = application });
            DeliveryStore.ReceiptSettled(session, application);
            StepStore.Add(session, desk.Cipher, application, "papers-destroyed", act.Person.PersonId, row.Id, desk.Now);
            desk.Record(session, act.Person.ToString(), "ra.papers.destroyed", application, LedgerOutcome.Done, new JsonObject { ["destruction"] = row.Id, ["files"] = new JsonArray([.. files.Select(digest => (JsonNode)digest)]) });
        }

        session.Execute("UPDATE ra_destructions SET state = 'destroyed', done_at = @Now WHERE id = @Id", new { desk.Now, row.Id });
        (act.Detail["papers"], act.Detail["list"]) = (count, row.Digest);
        return new PaperDestruction(row.Id, "destroyed", $"destroyed/{row.Digest}", applications, count);
    }

    private async Task<PaperDestruction> StepAsync(
        string id, ActRequest request, string actName, string from, Func<Session, AuthorisedAct, DestructionRow, IReadOnlyList<string>, PaperDestruction> work, CancellationToken ct)
    {
        DestructionRow row = null!;
        return await desk.Context.Acts.RunAsync<PaperDestructionStep, PaperDestruction>(
            request,
            actName,
            step => step.Remark.Trim().Length is 0 or > TextLimit
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {TextLimit} characters.", "remark")
                : new ExpectedAct(actName, $"papers/{id[..Math.Min(id.Length, 64)]}", session => (row = Get(session, id)).StateText),
            (session, act, _) =>
            {
                if (row.State != from)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"The proposal is {row.State}.", "id");
                }

                // Who proposed did so under another object: told apart here.
                var before = session.Query<string>("SELECT person FROM ra_destruction_hands WHERE destruction = @Id", new { row.Id });
                if (before.Contains(act.Person.PersonId))
                {
                    throw new RefusedException(RefusalCode.SamePerson, "Three different people destroy papers.", "person");
                }

                Hand(session, row.Id, act.Person.PersonId);
                return work(session, act, row, session.Query<string>("SELECT application FROM ra_destruction_items WHERE destruction = @Id ORDER BY application", new { row.Id }));
            },
            ct);
    }

    private static void Hand(Session session, string destruction, string person) =>
        session.Execute("INSERT INTO ra_destruction_hands (destruction, person) VALUES (@Destruction, @Person)", new { Destruction = destruction, Person = person });

    private IReadOnlyList<string> Due(Session session, int most)
    {
        var (time, id) = Archived(session);
        return
        [
            .. session.Query<string>(
                $"SELECT id FROM ra_applications WHERE papers_destroyed_at IS NULL AND ended_at <= @Before AND {Whole} AND {Free} ORDER BY ended_at, id LIMIT @Most",
                new { Before = Before(), Time = time, Id = id, Most = most }).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether an application's papers may be destroyed now.</summary>
    public bool IsDue(Session session, string application)
    {
        var (time, id) = Archived(session);
        return session.Scalar<long>(
            $"SELECT COUNT(*) FROM ra_applications WHERE id = @Application AND papers_destroyed_at IS NULL AND ended_at <= @Before AND {Whole} AND {Free}",
            new { Application = application, Before = Before(), Time = time, Id = id }) == 1;
    }

    // Where the last sealed package ends: the end of its last application and that one's number.
    private static (long Time, string Id) Archived(Session session) =>
        ArchiveMark.Last(session, EvidenceSource.ClassName)?.Split(' ') is [var time, var id] && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? (at, id) : (-1, "");

    // In a sealed package of the archive, which takes what has ended in this order.
    private const string Whole = "state IN ('Refused', 'Withdrawn', 'Accepted', 'Revoked') AND (waiting_since < @Time OR (waiting_since = @Time AND id <= @Id))";

    // Nobody needs them: no open case, no demand that waits.
    private const string Free = """
        NOT EXISTS (SELECT 1 FROM ra_cases WHERE ra_cases.application = ra_applications.id AND ra_cases.state IN ('Entered', 'Approved'))
        AND NOT EXISTS (SELECT 1 FROM ra_disclosures WHERE ra_disclosures.application = ra_applications.id AND ra_disclosures.state = 'entered')
        """;

    private long Before() => desk.Context.Policy.Values.RecordsKeptAfterEnd.Before(desk.Context.Clock.GetUtcNow()).ToUnixTimeMilliseconds();

    /// <summary>Papers and letters of an application, by digest.</summary>
    public static IReadOnlyList<string> Papers(Session session, string application) => [.. PaperStore.Digests(session, application).Values.Concat(Letters(session, application)).Distinct()];

    private static IReadOnlyList<string> Letters(Session session, string application) =>
        session.Query<string>("SELECT letter FROM ra_notices WHERE application = @Application AND letter IS NOT NULL AND letter <> '' ORDER BY letter LIMIT 1000", new { Application = application });

    private static string Digest(IEnumerable<string> applications) => ActStatement.Digest(Encoding.ASCII.GetBytes(string.Concat(applications.Select(application => application + "\n"))));

    private static DestructionRow Get(Session session, string id) =>
        session.QueryFirst<DestructionRow>("SELECT id, state, digest FROM ra_destructions WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such proposal.", "id");

    private sealed record Item(string Destruction, string Application);

    private sealed class DestructionRow
    {
        public string Id { get; set; } = "";

        public string State { get; set; } = "";

        public string Digest { get; set; } = "";

        public string StateText => $"{State}/{Digest}";
    }
}
