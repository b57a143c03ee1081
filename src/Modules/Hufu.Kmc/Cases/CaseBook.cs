using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Recovery;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Cases;

/// <summary>The key centre's cases: entered once, moved on by signed acts that name state and content, sealed at rest.</summary>
internal sealed class CaseBook(RoomContext context)
{
    private const int MostRows = 100;
    private const int LongestRemark = 500;

    private IDataCipher Cipher => context.Identity.Device.GetDataCipher("kmc-cases");

    /// <summary>Enters a case.</summary>
    /// <param name="session">A writing session.</param>
    /// <param name="kind">Which kind.</param>
    /// <param name="content">The entered JSON.</param>
    /// <param name="by">Who enters it; null for a holder's own request.</param>
    /// <param name="state">The state in which it begins.</param>
    public CaseStep Open(Session session, CaseKind kind, byte[] content, AuthorisedAct? by, CaseState state = CaseState.Entered)
    {
        var id = SecureRandom.NewId();
        var digest = Convert.ToHexStringLower(Sm3.HashData(content));
        session.Execute(
            "INSERT INTO kmc_case (id, kind, state, digest, content, opened_at) VALUES (@id, @kind, @state, @digest, @content, @now)",
            new
            {
                id, kind = CaseWords.Of(kind), state = CaseWords.Of(state), digest, content = Cipher.Seal(content, Bound(id)), now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            });
        CaseHands.Add(session, id, by, context.Clock.GetUtcNow());
        return new CaseStep(id, state, CaseWords.State(state, digest));
    }

    /// <summary>How many cases of a kind are in a state, counted up to a bound.</summary>
    public static long Count(Session session, CaseKind kind, CaseState state, int most) => session.Scalar<long>(
        "SELECT COUNT(*) FROM (SELECT 1 FROM kmc_case WHERE kind = @kind AND state = @state LIMIT @most) AS counted", new { kind = CaseWords.Of(kind), state = CaseWords.Of(state), most });

    /// <summary>A case, or a refusal.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Case Find(Session session, CaseKind kind, string id) =>
        session.QueryFirst<Row>("SELECT id, kind, state, digest, content, opened_at FROM kmc_case WHERE id = @id AND kind = @kind", new { id, kind = CaseWords.Of(kind) }) is { } row
            ? Open(row, kind)
            : throw new RefusedException(RefusalCode.UnknownObject, $"There is no {CaseWords.Of(kind)} '{id}'.", "id");

    /// <summary>Does an act on a case: it must sign the case's present state, which must be one of those from which the act leads on.</summary>
    /// <param name="request">The signed act; its payload is a remark.</param>
    /// <param name="act">Its name.</param>
    /// <param name="kind">The case's kind.</param>
    /// <param name="id">The case.</param>
    /// <param name="from">The state in which it must be.</param>
    /// <param name="to">The state afterwards.</param>
    /// <param name="work">What else is done in the same transaction, and the answer.</param>
    /// <param name="ct">Cancels before it is done.</param>
    public Task<T> MoveAsync<T>(
        ActRequest request, string act, CaseKind kind, string id, CaseState from, CaseState to, Func<Session, AuthorisedAct, Case, T> work, CancellationToken ct)
    {
        return context.Acts.RunAsync<CaseRemark, T>(
            request,
            act,
            remark =>
            {
                Require(remark.Remark, "remark");
                return new ExpectedAct(act, $"{CaseWords.Of(kind)}/{id}", session => Find(session, kind, id).StateText);
            },
            (session, authorised, _) =>
            {
                var found = Find(session, kind, id);
                if (found.State != from)
                {
                    throw new RefusedException(RefusalCode.StateWrong, $"The case is {CaseWords.Of(found.State)}, the act needs {CaseWords.Of(from)}.", "state");
                }

                authorised.Detail["case"] = found.Digest;
                var result = work(session, authorised, found);
                Set(session, kind, id, to);
                CaseHands.Add(session, id, authorised, context.Clock.GetUtcNow());
                return result;
            },
            ct);
    }

    /// <summary>An act that moves a case and does nothing else.</summary>
    public Task<CaseStep> MoveAsync(ActRequest request, string act, CaseKind kind, string id, CaseState from, CaseState to, CancellationToken ct) =>
        MoveAsync(request, act, kind, id, from, to, (_, _, found) => found.Step(to), ct);

    /// <summary>Moves a case; without an act when a holder has fetched, or has tried too often. A registration authority that has opened it is told.</summary>
    public void Set(Session session, CaseKind kind, string id, CaseState state)
    {
        session.Execute("UPDATE kmc_case SET state = @state WHERE id = @id", new { id, state = CaseWords.Of(state) });
        if (kind == CaseKind.Recovery && RecoveryOrigin.Find(session, id) is { } origin)
        {
            context.Post.Publish(session, new RecoveryMoved(origin.RaCase, id, state, RecoveryOrigin.CodeUntil(session, id)));
        }
    }

    /// <summary>Cases in given states, all of them, for rules that depend on them.</summary>
    public IReadOnlyList<Case> InState(Session session, CaseKind kind, params CaseState[] states) =>
    [
        .. states.SelectMany(state => session.Query<Row>(
            "SELECT id, kind, state, digest, content, opened_at FROM kmc_case WHERE kind = @kind AND state = @state ORDER BY opened_at", new { kind = CaseWords.Of(kind), state = CaseWords.Of(state) }))
            .Select(row => Open(row, kind)),
    ];

    /// <summary>A page of the cases of a kind, newest first.</summary>
    /// <param name="session">A snapshot.</param>
    /// <param name="query">Which.</param>
    public IReadOnlyList<Case> Page(Session session, CaseQuery query) =>
        [.. Rows(session, query.Kind, query.State, query.Before?.ToUnixTimeMilliseconds() ?? long.MaxValue).Select(row => Open(row, query.Kind))];

    /// <summary>A text of 1 to 500 characters.</summary>
    /// <exception cref="RefusedException">FieldMissing, TooLarge.</exception>
    public static void Require(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A text is needed.", field);
        }

        if (text.Length > LongestRemark)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {LongestRemark} characters.", field);
        }
    }

    // A page ends between two moments: cases that were opened in the same millisecond as its last one belong to it, else the next page, which begins before that moment, would leave them out (R25).
    private static IReadOnlyList<Row> Rows(Session session, CaseKind kind, CaseState? state, long before) => session.Query<Row>(
        """
        SELECT id, kind, state, digest, content, opened_at FROM kmc_case
        WHERE kind = @kind AND opened_at < @before AND (@state = '' OR state = @state) AND opened_at >= COALESCE((
          SELECT opened_at FROM kmc_case WHERE kind = @kind AND opened_at < @before AND (@state = '' OR state = @state) ORDER BY opened_at DESC LIMIT 1 OFFSET @last), 0)
        ORDER BY opened_at DESC, id LIMIT @most
        """,
        new { kind = CaseWords.Of(kind), before, state = state is { } one ? CaseWords.Of(one) : "", last = MostRows - 1L, most = 10L * MostRows });

    private Case Open(Row row, CaseKind kind)
    {
        var state = Enum.GetValues<CaseState>().First(one => CaseWords.Of(one) == row.State);
        var content = Cipher.Open(row.Content, Bound(row.Id));
        return Convert.ToHexStringLower(Sm3.HashData(content)) == row.Digest
            ? new Case(row.Id, kind, state, row.Digest, content, row.OpenedAt)
            : throw new InvalidDataException("A case's content is not what was entered.");
    }

    private static byte[] Bound(string id) => System.Text.Encoding.UTF8.GetBytes("hufu kmc case 1 " + id);

    private sealed record Row(string Id, string Kind, string State, string Digest, byte[] Content, long OpenedAt);
}
