using Hufu.Ca.Backups;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ca.Hierarchy;

/// <summary>
/// Deeds that one person alone never does (6.6.1.6-a, 6.6.2.6-e): proposed by one, shown with its effects, approved by another who signs for exactly that proposal, then carried out. What breaks off
/// after the approval is carried out by approving again; what is done is answered again.
/// </summary>
internal sealed class ProposalDesk(RoomContext context, CaDesks desks, AuthorityDeeds deeds, BackupWatch backups)
{
    private const int WordsLimit = 1_000;
    private const string Columns = "id, body, digest, state, proposer, person, reply, proposed_at";

    /// <summary><c>POST /api/ca/deeds</c>, act ca.proposal.make.</summary>
    /// <exception cref="RefusedException">The act or the proposal is not in order.</exception>
    public async Task<ProposalStanding> ProposeAsync(ActRequest request, CancellationToken ct)
    {
        var all = desks.Authorities.Demand();
        return await context.Acts.RunAsync<AuthorityProposal, ProposalStanding>(
            request,
            ActNames.CaProposalMake,
            static asked => new ExpectedAct(ActNames.CaProposalMake, $"ca/{asked.Name}"),
            (session, authorised, proposal) =>
            {
                if (!Enum.IsDefined(proposal.Deed) || string.IsNullOrWhiteSpace(proposal.Words) || proposal.Words.Length > WordsLimit)
                {
                    throw new RefusedException(RefusalCode.FieldInvalid, $"A deed, and why: 1 to {WordsLimit} characters.", "words");
                }

                var effects = deeds.EffectsOf(session, all, proposal);
                var (id, body) = (SecureRandom.NewId(), KeptJson.Write(proposal));
                var made = new ProposalRow(id, body, ActStatement.Digest(body), ProposalRow.Proposed, authorised.Person.PersonId, authorised.Person.ToString(), null, Now);
                session.Execute(
                    "INSERT INTO ca_proposals (id, body, digest, state, proposer, person, proposed_at) VALUES (@Id, @Body, @Digest, @State, @Proposer, @Person, @Now)",
                    new { made.Id, made.Body, made.Digest, made.State, made.Proposer, made.Person, Now = made.ProposedAt });
                authorised.Detail["proposal"] = id;
                authorised.Detail["deed"] = proposal.Deed.ToString();
                return Standing(made, proposal, effects);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary><c>GET /api/ca/deeds/{id}</c>: what is proposed and what it would do.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public async Task<ProposalStanding> FindAsync(string id, CancellationToken ct)
    {
        var all = desks.Authorities.Demand();
        return await context.Database.ReadAsync(
            session =>
            {
                var row = Find(session, id);
                var proposal = KeptJson.Read<AuthorityProposal>(row.Body);
                return Standing(row, proposal, row.State != ProposalRow.Proposed ? [] : IsLapsed(row) ? [Lapsed(row)] : deeds.EffectsOf(session, all, proposal));
            },
            ct).ConfigureAwait(false);
    }

    /// <summary><c>GET /api/ca/deeds</c>: those that wait first, then the newest, lapsed ones among them; a hundred at most. What one would do, its own address tells.</summary>
    public Task<IReadOnlyList<ProposalStanding>> ListAsync(CancellationToken ct) => context.Database.ReadAsync<IReadOnlyList<ProposalStanding>>(
        session =>
        [
            .. session.Query<ProposalRow>(
                    $"SELECT {Columns} FROM ca_proposals ORDER BY CASE WHEN state = 'done' OR (state = 'proposed' AND proposed_at < @Oldest) THEN 1 ELSE 0 END, proposed_at DESC LIMIT 100", new { Oldest })
                .Select(row => Standing(row, KeptJson.Read<AuthorityProposal>(row.Body), [])),
        ],
        ct);

    /// <summary><c>POST /api/ca/deeds/{id}/approval</c>, act ca.proposal.approve: by another person; then it is carried out.</summary>
    /// <exception cref="RefusedException">The act is not in order; SamePerson; StateWrong: nobody approved it in time; or the deed is refused.</exception>
    [Clause("6.6.1.6-a")]
    [Clause("6.6.2.6-e")]
    public async Task<DeedDone> ApproveAsync(string id, ActRequest request, CancellationToken ct)
    {
        var proposer = await context.Database.ReadAsync(session => Known(session, id)?.Proposer, ct).ConfigureAwait(false);
        var found = await context.Acts.RunAsync<ProposalApproval, ProposalRow>(
            request,
            ActNames.CaProposalApprove,
            _ => new ExpectedAct(ActNames.CaProposalApprove, $"proposal/{id}", session => DemandInTime(Find(session, id)).StateText) { MustDifferFrom = proposer is null ? [] : [proposer] },
            (session, authorised, _) =>
            {
                var row = Find(session, id);
                if (row.State == ProposalRow.Proposed)
                {
                    session.Execute("UPDATE ca_proposals SET state = @state WHERE id = @id", new { id, state = ProposalRow.Approved });
                }

                authorised.Detail["proposal"] = row.Digest;
                return row;
            },
            ct).ConfigureAwait(false);
        if (found.Reply is { } reply)
        {
            return KeptJson.Read<DeedDone>(reply);
        }

        var proposal = KeptJson.Read<AuthorityProposal>(found.Body);
        var done = await deeds.CarryOutAsync(
            id, proposal,
            (session, answer) => session.Execute("UPDATE ca_proposals SET state = @state, reply = @reply WHERE id = @id", new { id, state = ProposalRow.Done, reply = KeptJson.Write(answer) }), ct).ConfigureAwait(false);
        await backups.LookNowAsync(CancellationToken.None).ConfigureAwait(false);
        return done;
    }

    private long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Within => (long)context.Policy.Values.SecondWithin.TotalMilliseconds;

    private long Oldest => Now - Within;

    // Approved once, it goes on; proposed, it waits as long as every proposal does.
    private bool IsLapsed(ProposalRow row) => row.State == ProposalRow.Proposed && row.ProposedAt < Oldest;

    private DateTimeOffset Until(ProposalRow row) => DateTimeOffset.FromUnixTimeMilliseconds(row.ProposedAt + Within);

    private string Lapsed(ProposalRow row) =>
        $"Nobody approved it until {context.Policy.Values.LocalText(Until(row))}; nothing was done and it can be approved no more. Whoever still wants it proposes it anew (POST /api/ca/deeds).";

    [Clause("6.6.1.2-b")]
    private ProposalRow DemandInTime(ProposalRow row) => IsLapsed(row) ? throw new RefusedException(RefusalCode.StateWrong, Lapsed(row), "id") : row;

    private ProposalStanding Standing(ProposalRow row, AuthorityProposal proposal, IReadOnlyList<string> effects) => new(
        row.Id, IsLapsed(row) ? $"expired/{row.Digest}" : row.StateText, row.Person, effects, proposal, row.State == ProposalRow.Proposed ? Until(row) : null);

    private static ProposalRow? Known(Session session, string id) =>
        session.QueryFirst<ProposalRow>($"SELECT {Columns} FROM ca_proposals WHERE id = @id", new { id });

    private static ProposalRow Find(Session session, string id) => Known(session, id)
        ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such proposal.", "id");
}

/// <summary>A row of ca_proposals.</summary>
internal sealed record ProposalRow(string Id, byte[] Body, string Digest, string State, string Proposer, string Person, byte[]? Reply, long ProposedAt)
{
    public const string Proposed = "proposed";
    public const string Approved = "approved";
    public const string Done = "done";

    public string StateText => $"{State}/{Digest}";
}
