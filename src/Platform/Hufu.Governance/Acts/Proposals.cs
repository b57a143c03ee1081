using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>Acts that wait for their second person (four eyes): kept as they were sent, until they are seconded or too old.</summary>
public static class Proposals
{
    /// <summary>How a statement is named as a proposal: SM3 (hex) over its text.</summary>
    public static string IdOf(string statement) => ActStatement.Digest(Encoding.UTF8.GetBytes(statement ?? ""));

    /// <summary>What waits, the oldest first; at most 200.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="policy">Who may second.</param>
    /// <param name="staff">The room's people.</param>
    /// <param name="reader">Who looks.</param>
    /// <param name="now">The room's clock.</param>
    public static IReadOnlyList<ProposalEntry> Open(Session session, Policy policy, Staff staff, StaffMember reader, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(staff);
        ArgumentNullException.ThrowIfNull(reader);
        return
        [
            .. session.Query<Row>(
                "SELECT id, act, object, payload, statement, signature, person_id, made_at, expires FROM acts_proposals WHERE closed_at IS NULL AND expires > @now ORDER BY made_at LIMIT 200",
                new { now = now.ToUnixTimeMilliseconds() }).Select(row =>
            {
                using var payload = JsonDocument.Parse(row.Payload);
                var roles = policy.SecondOf(row.Act, staff.Room)?.Roles.Order(StringComparer.Ordinal).Select(role => policy.Roles[role]).Where(role => role.ExistsIn(staff.Room)).ToList() ?? [];
                return new ProposalEntry(
                    row.Id, row.Act, policy.Acts.TryGetValue(row.Act, out var rule) ? rule.What : row.Act, row.Object, staff.Find(session, row.PersonId)?.ToString() ?? row.PersonId,
                    DateTimeOffset.FromUnixTimeMilliseconds(row.MadeAt), DateTimeOffset.FromUnixTimeMilliseconds(row.Expires),
                    new ActRequest(new SignedAct(row.Statement, row.Signature), payload.RootElement.Clone()), [.. roles.Select(role => new SessionRole(role.Id, role.TitleZh, role.TitleEn))],
                    row.PersonId != reader.PersonId && roles.Any(role => reader.Roles.Contains(role.Id)));
            }),
        ];
    }

    internal static bool IsOpen(Session session, string statement, long now) =>
        session.Scalar<long>("SELECT count(*) FROM acts_proposals WHERE id = @id AND closed_at IS NULL AND expires > @now", new { id = IdOf(statement), now }) > 0;

    internal static string Keep(Session session, ActRequest request, ExpectedAct expected, ActStatement statement, long now, long expires)
    {
        var id = IdOf(request.Act.Statement);
        var person = StaffStore.Certificate(session, statement.Person)!.PersonId;
        session.Execute(
            """
            INSERT INTO acts_proposals (id, act, object, payload, statement, signature, person_id, made_at, expires) VALUES (@id, @Act, @Object, @payload, @text, @signature, @person, @now, @expires)
            ON CONFLICT (id) DO NOTHING
            """,
            new { id, expected.Act, expected.Object, payload = request.Payload.GetRawText(), text = request.Act.Statement, signature = request.Act.Signature, person, now, expires });
        return id;
    }

    internal static void Close(Session session, string statement, long now) =>
        session.Execute("UPDATE acts_proposals SET closed_at = @now, payload = '{}' WHERE id = @id AND closed_at IS NULL", new { id = IdOf(statement), now });

    private sealed record Row(string Id, string Act, string Object, string Payload, string Statement, byte[] Signature, string PersonId, long MadeAt, long Expires);
}
