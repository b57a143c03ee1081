using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Sources;

/// <summary>Asks a third-party source about an application and keeps what it said. Whatever it says, the vetter decides; when it cannot be asked the check is done by hand.</summary>
internal sealed class AskSource(RaDesk desk)
{
    /// <summary>The source that proves control of a host name.</summary>
    public const string DomainControlSource = "domain-control";

    private const int MostAnswers = 50;

    // No more than each needs (6.4.2-d).
    private static readonly Dictionary<string, string[]> Needs = new()
    {
        ["business-register"] = ["organisationName", "creditCode"],
        ["citizen-identity"] = ["personName", "identityNumber"],
        ["domain-registrar"] = ["hostName", "organisationName"],
    };

    [Clause("6.1.3.2-b")]
    [Clause("6.1.3.2-c")]
    public async Task<SourceAnswer> RunAsync(string id, string source, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        if (source != DomainControlSource && !Needs.ContainsKey(source))
        {
            throw new RefusedException(RefusalCode.UnknownObject, "There is no such source.", "source");
        }

        ApplicationRow row = null!;
        var fields = await desk.Context.Acts.RunAsync<SourceQuestion, Dictionary<string, string>>(
            request,
            ActNames.RaSourceAsk,
            question => question.Purpose.Trim().Length is 0 or > 200
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 200 characters.", "purpose")
                : new ExpectedAct(ActNames.RaSourceAsk, $"application/{id}", session =>
                {
                    row = ApplicationStore.Get(session, id);
                    ApplicationStore.MustBe(row, ApplicationState.Entered, ApplicationState.Excepted);
                    return row.StateText();
                }),
            (session, act, question) =>
            {
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                act.Detail["source"] = source;
                act.Detail["purpose"] = question.Purpose;
                if (session.Scalar<long>("SELECT COUNT(*) FROM ra_source_answers WHERE application = @Id", new { Id = id }) >= MostAnswers)
                {
                    throw new RefusedException(RefusalCode.TooManyRequests, $"At most {MostAnswers} questions about one application.", "source");
                }

                return SealedFields.Open(desk.Cipher, row);
            },
            ct);
        var (outcome, simulated, what) = source == DomainControlSource
            ? await new ProveDomain(desk).CheckAsync(id, fields, ct)
            : await AskAsync(source, Needs[source].Where(fields.ContainsKey).ToDictionary(name => name, name => fields[name]), ct);
        var answer = new SourceAnswer("S" + SecureRandom.NewId(), source, outcome, simulated, desk.Context.Clock.GetUtcNow(), what);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                session.Execute(
                    "INSERT INTO ra_source_answers (id, application, source, outcome, simulated, asked_at, what) VALUES (@Id, @Application, @Source, @Outcome, @Simulated, @At, @What)",
                    new
                    {
                        answer.Id, Application = id, answer.Source, answer.Outcome, answer.Simulated, At = answer.AskedAt.ToUnixTimeMilliseconds(),
                        What = desk.Cipher.Seal(Encoding.UTF8.GetBytes(what), Encoding.ASCII.GetBytes(answer.Id)),
                    });
                desk.Record(session, "system", "ra.source.answered", id, LedgerOutcome.Done, new JsonObject { ["source"] = source, ["answer"] = answer.Id, ["outcome"] = outcome.ToString(), ["simulated"] = simulated });
            },
            ct);
        return answer;
    }

    public static IReadOnlyList<SourceAnswer> Of(Session session, RaDesk desk, string application) =>
    [
        .. session.Query<AnswerRow>($"SELECT id, source, outcome, simulated, asked_at, what FROM ra_source_answers WHERE application = @Application ORDER BY asked_at, id LIMIT {MostAnswers}", new { Application = application })
            .Select(row => new SourceAnswer(
                row.Id, row.Source, row.Outcome, row.Simulated, DateTimeOffset.FromUnixTimeMilliseconds(row.AskedAt), Encoding.UTF8.GetString(desk.Cipher.Open(row.What, Encoding.ASCII.GetBytes(row.Id))))),
    ];

    /// <summary>The sources that an application has something for.</summary>
    public static IReadOnlyList<SourceToAsk> ToAsk(RaDesk desk, IReadOnlyDictionary<string, string> fields)
    {
        List<SourceToAsk> sources =
        [
            .. Needs.Select(need => (need.Key, Fields: need.Value.Where(fields.ContainsKey).ToArray())).Where(need => need.Fields.Contains(Needs[need.Key][0])).OrderBy(need => need.Key, StringComparer.Ordinal).Select(need =>
                new SourceToAsk(need.Key, desk.Options.Sources.ContainsKey(need.Key) ? SourceReach.Configured : desk.Options.SimulateSources ? SourceReach.Simulated : SourceReach.ByHand, need.Fields)),
        ];
        if (fields.ContainsKey(ProveDomain.Field))
        {
            sources.Add(new SourceToAsk(DomainControlSource, SourceReach.Configured, [ProveDomain.Field]));
        }

        return sources;
    }

    private async Task<(SourceOutcome Outcome, bool Simulated, string What)> AskAsync(string source, Dictionary<string, string> fields, CancellationToken ct)
    {
        if (desk.Options.Sources.TryGetValue(source, out var address))
        {
            return await new SourceClient(desk.Context.Identity.Signer, address).AskAsync(source, fields, desk.Context.Clock.GetUtcNow(), ct);
        }

        if (!desk.Options.SimulateSources)
        {
            return (SourceOutcome.Unavailable, false, "未配置该数据源，请人工核验。 No such source is configured: check by hand.");
        }

        var reply = SourceSimulator.Answer(new SourceRequest(SecureRandom.NewId(), source, desk.Context.Clock.GetUtcNow(), fields));
        return (reply.Outcome, reply.Simulated, reply.What);
    }

    private sealed class AnswerRow
    {
        public string Id { get; set; } = "";

        public string Source { get; set; } = "";

        public SourceOutcome Outcome { get; set; }

        public bool Simulated { get; set; }

        public long AskedAt { get; set; }

        public byte[] What { get; set; } = [];
    }
}
